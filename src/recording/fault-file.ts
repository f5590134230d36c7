/**
 * A recording of page faults as a file, version 1: blocks of JSON that define what rows refer to, blocks of rows, and
 * one at the end with what was measured and the names that were found. A file without its end is a recording that was
 * cut off; the rows that are there count.
 */
import { FormatError } from '../base/errors.ts';
import { MAPPING_KINDS, type MappingKind } from '../model/faults/address-space.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { FaultMeasurement, FaultRecording } from '../model/faults/recording.ts';
import type { ExplainedFault } from '../model/faults/summary.ts';
import type { StackTables } from '../model/stacks/code-of-process.ts';
import type { CodeImage, Frame } from '../model/stacks/frames.ts';
import { type FrameName, placesOnly } from '../model/stacks/names.ts';
import { type Block, BlockReader, encodeBlock } from './blocks.ts';
import { FaultRowReader, FaultRowWriter } from './fault-rows.ts';

/** The first line of every version; `head -1` shows it. */
const NAME = 'keel faults recording ';
const FIRST_LINE = `${NAME}1\n`;

const BLOCKS = { head: 1, definitions: 2, rows: 3, end: 4 } as const;

/** When and where it was made. */
export interface RecordingHead {
  readonly startedUnixMs: number;
  readonly release: string | null;
  readonly arch: string | null;
  readonly callchains: boolean;
  readonly obtainedBy: FaultMeasurement['obtainedBy'];
}

type Ending = FaultMeasurement & Pick<FaultRecording, 'names' | 'unread'>;

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** Makes the bytes of a file, piece by piece. */
export class FaultFileWriter {
  readonly #tables: StackTables;
  readonly #rows = new FaultRowWriter();
  readonly #defined = { threads: 0, mappings: 0, images: 0, frames: 1, stacks: 1 };

  constructor(tables: StackTables) {
    this.#tables = tables;
  }

  head(head: RecordingHead): Uint8Array[] {
    return [utf8.encoder.encode(FIRST_LINE), jsonBlock(BLOCKS.head, head)];
  }

  add(fault: ExplainedFault): void {
    this.#rows.add(fault);
  }

  /** Bytes of rows that wait for `flush`. */
  get pendingBytes(): number {
    return this.#rows.pendingBytes;
  }

  /** What came since the last flush, definitions before the rows that use them. */
  flush(): Uint8Array[] {
    const definitions = this.#definitions();
    const rows = this.#rows.take();
    return [
      ...(definitions === null ? [] : [jsonBlock(BLOCKS.definitions, definitions)]),
      ...(rows.length === 0 ? [] : [encodeBlock({ type: BLOCKS.rows, bytes: rows })]),
    ];
  }

  end(ending: Ending): Uint8Array[] {
    return [...this.flush(), jsonBlock(BLOCKS.end, endingJson(ending))];
  }

  #definitions(): Definitions | null {
    const { frames, stacks } = this.#tables;
    const from = { ...this.#defined };
    Object.assign(this.#defined, {
      threads: this.#rows.threads.length,
      mappings: this.#rows.mappings.length,
      images: frames.images.length,
      frames: frames.frames.length,
      stacks: stacks.size,
    });
    const added: Definitions = {
      threads: this.#rows.threads.slice(from.threads).map(({ tgid, tid }) => [tgid, tid]),
      mappings: this.#rows.mappings.slice(from.mappings).map(({ kind, path }) => [kind, path]),
      images: frames.images.slice(from.images).map(imageJson),
      frames: frames.frames.slice(from.frames).map(frameJson),
      stacks: Array.from({ length: stacks.size - from.stacks }, (_, i) => [
        stacks.parent(from.stacks + i),
        stacks.frame(from.stacks + i),
      ]),
    };
    return Object.values(added).every((list) => list.length === 0) ? null : added;
  }
}

interface Definitions {
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

function imageJson({ tgid, path, file }: CodeImage): ImageJson {
  return [tgid, path, file === null ? null : [file.major, file.minor], `${file?.inode ?? 0n}`];
}

function imageOf([tgid, path, device, inode]: ImageJson): CodeImage {
  const file = device === null ? null : { major: device[0], minor: device[1], inode: BigInt(inode) };
  return { tgid, path, file };
}

function frameJson(frame: Frame): readonly [string, number, number] {
  if (frame.kind === 'image') return ['image', frame.image, frame.offset];
  if (frame.kind === 'memory') return ['memory', frame.tgid, frame.address];
  return ['kernel', frame.kind === 'kernel' ? frame.address : 0, 0];
}

type EndingJson = Omit<Ending, 'counted' | 'names'> & {
  readonly counted: Readonly<Record<'entry' | 'minor' | 'major', string>>;
  readonly names: readonly (readonly [FrameName['function'], string, number | null])[];
};

function endingJson({ counted, names, ...rest }: Ending): EndingJson {
  const { entry, minor, major } = counted;
  return {
    ...rest,
    counted: { entry: `${entry}`, minor: `${minor}`, major: `${major}` },
    names: names.map((name) => [name.function, name.binary, name.offset]),
  };
}

function jsonBlock(type: number, value: unknown): Uint8Array {
  return encodeBlock({ type, bytes: utf8.encoder.encode(JSON.stringify(value)) });
}

/** Takes the bytes of a file in pieces, and adds up its faults. */
export class FaultFileReader {
  readonly #blocks = new BlockReader();
  readonly #rows = new FaultRowReader();
  readonly #collector = new FaultCollector();
  #firstLine: Uint8Array | null = new Uint8Array();
  #head: RecordingHead | null = null;
  #ending: EndingJson | null = null;
  #lastNs = 0;

  /** @throws FormatError for what is no such file, is of a later version, or contradicts itself */
  push(piece: Uint8Array): void {
    const bytes = this.#withoutFirstLine(piece);
    if (bytes === null) return;
    for (const block of this.#blocks.push(bytes)) this.#take(block);
  }

  get head(): RecordingHead | null {
    return this.#head;
  }

  /** @throws FormatError where the file ended before it said what it is */
  recording(): FaultRecording {
    if (this.#head === null) throw new FormatError(`a file that starts with ${NAME}`, 'too short a file');
    const { tables } = this.#collector;
    const ending = this.#ending;
    return {
      ...(ending === null ? this.#measuredSoFar(this.#head) : measuredOf(ending)),
      names: ending === null ? placesOnly(tables.frames) : ending.names.map(nameOf),
      unread: ending?.unread ?? [],
      summary: this.#collector.summary(),
      stacks: tables.stacks,
      weights: this.#collector.weights(),
      cut: ending === null,
    };
  }

  #withoutFirstLine(piece: Uint8Array): Uint8Array | null {
    if (this.#firstLine === null) return piece;
    const bytes = Buffer.concat([this.#firstLine, piece]);
    this.#firstLine = bytes;
    if (bytes.length < FIRST_LINE.length) return null;
    const line = bytes.toString('latin1', 0, FIRST_LINE.length);
    if (line !== FIRST_LINE)
      throw line.startsWith(NAME)
        ? new FormatError('version 1', line.trimEnd())
        : new FormatError(`a file that starts with "${NAME.trimEnd()}"`, 'another beginning');
    this.#firstLine = null;
    return bytes.subarray(FIRST_LINE.length);
  }

  #take({ type, bytes }: Block): void {
    if (type === BLOCKS.rows) {
      this.#rows.read(bytes, (fault) => {
        if (fault.stack >= this.#collector.tables.stacks.size || fault.stack < 0)
          throw new FormatError('a stack that was defined', `${fault.stack}`);
        this.#lastNs = fault.timeNs + fault.latencyNs;
        this.#collector.add(fault);
      });
    } else if (type === BLOCKS.head) this.#head = json<RecordingHead>(bytes);
    else if (type === BLOCKS.definitions) this.#define(json<Definitions>(bytes));
    else if (type === BLOCKS.end) this.#ending = json<EndingJson>(bytes);
  }

  #define({ threads, mappings, images, frames, stacks }: Definitions): void {
    const { tables } = this.#collector;
    this.#rows.threads.push(...threads.map(([tgid, tid]) => ({ tgid, tid })));
    for (const [kind, path] of mappings) {
      if (!MAPPING_KINDS.includes(kind)) throw new FormatError('a kind of mapping', kind);
      this.#rows.mappings.push({ kind, path });
    }
    for (const image of images) tables.frames.image(imageOf(image));
    for (const [kind, a, b] of frames) {
      if (kind === 'image') tables.frames.inImage(a, b);
      else if (kind === 'memory') tables.frames.inMemory(a, b);
      else tables.frames.inKernel(a);
    }
    for (const [parent, frame] of stacks) tables.stacks.push(parent, frame);
  }

  /** What a file that was cut off says of itself: its rows. */
  #measuredSoFar({ callchains, obtainedBy }: RecordingHead): FaultMeasurement {
    const { total } = this.#collector.summary();
    return {
      elapsedNs: this.#lastNs,
      counted: { entry: BigInt(total.faults), minor: BigInt(total.minor), major: BigInt(total.major) },
      lost: 0,
      unpaired: 0,
      addressMismatches: 0,
      userOnly: false,
      obtainedBy,
      callchains,
      ownCpuNs: 0,
      program: null,
    };
  }
}

function measuredOf({ names: _, unread: __, counted, ...rest }: EndingJson): FaultMeasurement {
  const { entry, minor, major } = counted;
  return { ...rest, counted: { entry: BigInt(entry), minor: BigInt(minor), major: BigInt(major) } };
}

function nameOf([name, binary, offset]: EndingJson['names'][number]): FrameName {
  return { function: name, binary, offset };
}

/** What was written by us and passed its checksum. */
function json<T>(bytes: Uint8Array): T {
  try {
    return JSON.parse(utf8.decoder.decode(bytes)) as T;
  } catch (error) {
    throw new FormatError('a block of JSON', String(error));
  }
}
