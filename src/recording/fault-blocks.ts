/**
 * A recording of page faults as a file: a first line, blocks of JSON that define what faults refer to, blocks of faults,
 * and one at the end with what was measured and the names that were found. A file without its end is a recording that
 * was cut off; the faults that are there count. Version 1 had a row for each fault; version 2 has columns;
 * version 3 may have one more, the memory nodes of the pages.
 */
import { FormatError } from '../base/errors.ts';
import { missing } from '../base/missing.ts';
import type { MappingKind } from '../model/faults/places.ts';
import type { FaultMeasurement, FaultRecording } from '../model/faults/recording.ts';
import type { CodeImage, Frame } from '../model/stacks/frames.ts';
import type { FrameName } from '../model/stacks/names.ts';
import { type Check, requireShape } from './block-shapes.ts';
import { encodeBlock } from './blocks.ts';

/** The first line of every version begins so; `head -1` shows it. */
export const NAME = 'keel faults recording ';
export const FIRST_LINES = { 1: `${NAME}1\n`, 2: `${NAME}2\n`, 3: `${NAME}3\n` } as const;

/** `rows` are those of version 1. */
export const BLOCKS = { head: 1, definitions: 2, rows: 3, end: 4, columns: 5 } as const;

/** When and where it was made. */
export interface RecordingHead {
  readonly startedUnixMs: number;
  readonly release: string | null;
  readonly arch: string | null;
  readonly callchains: boolean;
  readonly obtainedBy: FaultMeasurement['obtainedBy'];
}

/** What came since the last block of them: each takes the next number of its table. */
export interface Definitions {
  readonly threads: readonly (readonly [tgid: number, tid: number])[];
  readonly mappings: readonly (readonly [kind: MappingKind, path: string])[];
  readonly images: readonly ImageJson[];
  readonly frames: readonly (readonly [kind: string, a: number, b: number])[];
  readonly stacks: readonly (readonly [parent: number, frame: number])[];
}

type ImageJson = readonly [
  tgid: number,
  path: string,
  device: [major: number, minor: number] | null,
  inode: string,
];

export function imageJson({ tgid, path, file }: CodeImage): ImageJson {
  return [tgid, path, file === null ? null : [file.major, file.minor], `${file?.inode ?? 0n}`];
}

export function imageOf([tgid, path, device, inode]: ImageJson): CodeImage {
  const file = device === null ? null : { major: device[0], minor: device[1], inode: BigInt(inode) };
  return { tgid, path, file };
}

export function frameJson(frame: Frame): readonly [string, number, number] {
  if (frame.kind === 'image') return ['image', frame.image, frame.offset];
  if (frame.kind === 'memory') return ['memory', frame.tgid, frame.address];
  return ['kernel', frame.kind === 'kernel' ? frame.address : 0, 0];
}

export type Ending = FaultMeasurement & Pick<FaultRecording, 'names' | 'unread' | 'builds'>;

export type EndingJson = Omit<Ending, 'counted' | 'names' | 'builds' | 'withoutNodes'> & {
  /** Since version 3. */
  readonly withoutNodes?: Ending['withoutNodes'];
  /** Version 1 had none. */
  readonly builds?: Ending['builds'];
  readonly counted: Readonly<Record<'entry' | 'minor' | 'major', string>>;
  readonly names: readonly (readonly [FrameName['function'], string, number | null])[];
};

export function endingJson({ counted, names, ...rest }: Ending): EndingJson {
  const { entry, minor, major } = counted;
  return {
    ...rest,
    counted: { entry: `${entry}`, minor: `${minor}`, major: `${major}` },
    names: names.map((name) => [name.function, name.binary, name.offset]),
  };
}

export const NODES_NOT_RECORDED = missing('not-captured', 'the memory nodes of pages');

export function measuredOf({
  names: _,
  unread: __,
  builds: ___,
  counted,
  withoutNodes = NODES_NOT_RECORDED,
  ...rest
}: EndingJson): FaultMeasurement {
  const { entry, minor, major } = counted;
  const counts = { entry: BigInt(entry), minor: BigInt(minor), major: BigInt(major) };
  return { ...rest, withoutNodes, counted: counts };
}

export function nameOf([name, binary, offset]: EndingJson['names'][number]): FrameName {
  return { function: name, binary, offset };
}

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

export function textBytes(text: string): Uint8Array {
  return utf8.encoder.encode(text);
}

export function jsonBlock(type: number, value: unknown): Uint8Array {
  return encodeBlock({ type, bytes: textBytes(JSON.stringify(value)) });
}

/** @param check whether it is a T. @throws FormatError */
export function parseJson<T>(bytes: Uint8Array, check: Check, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decoder.decode(bytes));
  } catch (error) {
    throw new FormatError('a block of JSON', String(error));
  }
  requireShape(value, check, what);
  return value as T;
}
