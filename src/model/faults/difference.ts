/** Two recordings side by side: by cause, by place and by function, weighed by stall per second of recording. */
import { fileName } from '../stacks/names.ts';
import { byFunction, type FaultRecording } from './recording.ts';

/** Of one recording: amounts per second it lasted, because recordings last differently long. */
export interface Side {
  readonly faultsPerSec: number;
  readonly stallNsPerSec: number;
}

export interface DifferenceRow<Key> {
  readonly key: Key;
  readonly before: Side;
  readonly after: Side;
  /** Stall after less stall before, per second. */
  readonly changeNsPerSec: number;
}

export interface FunctionKey {
  readonly function: string | null;
  readonly binary: string;
}

export interface FaultDifference {
  readonly total: DifferenceRow<null>;
  /** Each list by the size of the change, the largest first. */
  readonly byCause: readonly DifferenceRow<FaultRecording['summary']['byCause'][number]['cause']>[];
  readonly byMapping: readonly DifferenceRow<
    Pick<FaultRecording['summary']['byMapping'][number], 'kind' | 'path'>
  >[];
  readonly byFunction: readonly DifferenceRow<FunctionKey>[];
  /** Faults per second after, over those before: far from 1, the two did not do the same work. null without faults. */
  readonly loadRatio: number | null;
}

interface Weighed {
  readonly faults: number;
  readonly stallNs: number;
}

export function compareRecordings(before: FaultRecording, after: FaultRecording): FaultDifference {
  const sides = { before, after };
  const list = <Share extends Weighed, Key>(
    of: (recording: FaultRecording) => readonly Share[],
    key: (share: Share) => Key,
    name: (share: Share) => string,
  ) => rows(sides, of, key, name);
  const total = row(null, sides, before.summary.total, after.summary.total);
  return {
    total,
    byCause: list(
      ({ summary }) => summary.byCause,
      (share) => share.cause,
      (share) => share.cause,
    ),
    byMapping: list(
      ({ summary }) => summary.byMapping,
      ({ kind, path }) => ({ kind, path }),
      ({ kind, path }) => `${kind} ${path}`,
    ),
    // By the name of the file, not its folder: two builds of one program are what is compared.
    byFunction: list(
      byFunction,
      ({ function: name, binary }) => ({ function: name, binary }),
      ({ function: name, binary }) => `${name ?? ''}\0${fileName(binary)}`,
    ),
    loadRatio: total.before.faultsPerSec === 0 ? null : total.after.faultsPerSec / total.before.faultsPerSec,
  };
}

type Sides = Readonly<Record<'before' | 'after', FaultRecording>>;

const NOTHING: Weighed = { faults: 0, stallNs: 0 };

function rows<Share extends Weighed, Key>(
  sides: Sides,
  of: (recording: FaultRecording) => readonly Share[],
  key: (share: Share) => Key,
  name: (share: Share) => string,
): DifferenceRow<Key>[] {
  const before = new Map(of(sides.before).map((share) => [name(share), share]));
  const after = new Map(of(sides.after).map((share) => [name(share), share]));
  const all = new Map([...before, ...after]);
  return [...all]
    .map(([known, share]) =>
      row(key(share), sides, before.get(known) ?? NOTHING, after.get(known) ?? NOTHING),
    )
    .sort((a, b) => Math.abs(b.changeNsPerSec) - Math.abs(a.changeNsPerSec));
}

function row<Key>(key: Key, sides: Sides, before: Weighed, after: Weighed): DifferenceRow<Key> {
  const [a, b] = [sideOf(sides.before, before), sideOf(sides.after, after)];
  return { key, before: a, after: b, changeNsPerSec: b.stallNsPerSec - a.stallNsPerSec };
}

function sideOf({ elapsedNs }: FaultRecording, { faults, stallNs }: Weighed): Side {
  const seconds = Math.max(1, elapsedNs) / 1e9;
  return { faultsPerSec: faults / seconds, stallNsPerSec: stallNs / seconds };
}
