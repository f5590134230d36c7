/** Who faults most: counters of processes or files, their difference over an interval, and rows in order. */
import { perSec } from '../difference.ts';
import { FAULT_CAUSES, type FaultCause } from './cause.ts';
import { MAPPING_KINDS, type MappingKind } from './places.ts';

/** Latencies by power of two: entry b counts from 2^b up to below 2^(b+1) ns. */
export type LatencyBuckets = readonly number[];

/** What was counted since the start, of one process or place. */
export interface FaultCounters {
  readonly minor: number;
  readonly major: number;
  /** null where only counts are known. */
  readonly stallNs: number | null;
  readonly buckets: LatencyBuckets | null;
  /** The stall by cause, ns; null where the causes are not told. */
  readonly stallByCause: StallByCause | null;
}

export type StallByCause = Readonly<Partial<Record<FaultCause, number>>>;

/** By process (`4127@77`: id and what tells it from a later one of the same id), or by place (`file /srv/a`). */
export type FaultCountersByKey = ReadonlyMap<string, FaultCounters>;

/** Whom a row is about. */
export interface TopSubject {
  /** null where the row is no single process. */
  readonly tgid: number | null;
  /** Of a process; null where it ended before it could be asked. */
  readonly comm: string | null;
  readonly unit: string | null;
  readonly cgroup: string | null;
  readonly place: { readonly kind: MappingKind; readonly path: string } | null;
  /** How many processes the row stands for; 0 for a place. */
  readonly processes: number;
}

export interface TopRow extends FaultCounters {
  readonly subject: TopSubject;
  readonly minorPerSec: number;
  readonly majorPerSec: number;
  /** Time that threads were held, per second of wall time; null where only counts are known. */
  readonly stallNsPerSec: number | null;
  /** 99 of 100 faults took less: the upper end of its power of two. null where only counts are known. */
  readonly p99BelowNs: number | null;
  /** The cause that held threads longest; null where the causes are not told. */
  readonly mainCause: FaultCause | null;
}

export const TOP_ORDERS = ['stall', 'minor', 'major', 'process', 'cgroup', 'file'] as const;
/** What rows are about, and what decides their order: by process, cgroup and file, the stall does. */
export type TopOrder = (typeof TOP_ORDERS)[number];

/** What came since `before`; keys without anything new are left out. */
export function countersBetween(before: FaultCountersByKey, after: FaultCountersByKey): FaultCountersByKey {
  const grown = new Map<string, FaultCounters>();
  for (const [key, now] of after) {
    const then = before.get(key);
    const minor = now.minor - (then?.minor ?? 0);
    const major = now.major - (then?.major ?? 0);
    if (minor + major <= 0) continue;
    const stallNs = now.stallNs === null ? null : now.stallNs - (then?.stallNs ?? 0);
    const buckets = now.buckets?.map((count, i) => count - (then?.buckets?.[i] ?? 0)) ?? null;
    const stallByCause = combined(now.stallByCause, then?.stallByCause ?? {}, (a, b) => a - b);
    grown.set(key, { minor, major, stallNs, buckets, stallByCause });
  }
  return grown;
}

/**
 * Rows of at least one fault, the heaviest first. Keys of the same group are one row.
 * @param subjectOf of a key; those that answer with the same `group` are added up
 */
export function topRows(
  counters: FaultCountersByKey,
  elapsedNs: number,
  order: TopOrder,
  subjectOf: (key: string) => { readonly group: string; readonly subject: TopSubject },
): readonly TopRow[] {
  const groups = new Map<string, { subject: TopSubject; sum: FaultCounters }>();
  for (const [key, one] of counters) {
    const { group, subject } = subjectOf(key);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, { subject, sum: one });
    else {
      const processes = known.subject.processes + subject.processes;
      groups.set(group, { subject: { ...known.subject, processes }, sum: add(known.sum, one) });
    }
  }
  const weight = WEIGHTS[order];
  return [...groups.values()]
    .map(({ subject, sum }) => rowOf(subject, sum, elapsedNs))
    .sort((a, b) => weight(b) - weight(a) || b.minor + b.major - (a.minor + a.major));
}

const byStall = (row: FaultCounters) => row.stallNs ?? row.minor + row.major;

const WEIGHTS: Readonly<Record<TopOrder, (row: FaultCounters) => number>> = {
  stall: byStall,
  minor: (row) => row.minor,
  major: (row) => row.major,
  process: byStall,
  cgroup: byStall,
  file: byStall,
};

export function sumCounters(all: Iterable<FaultCounters>): FaultCounters {
  let total: FaultCounters | null = null;
  for (const one of all) total = total === null ? one : add(total, one);
  return total ?? { minor: 0, major: 0, stallNs: null, buckets: null, stallByCause: null };
}

function add(a: FaultCounters, b: FaultCounters): FaultCounters {
  return {
    minor: a.minor + b.minor,
    major: a.major + b.major,
    stallNs: a.stallNs === null || b.stallNs === null ? null : a.stallNs + b.stallNs,
    buckets:
      a.buckets === null || b.buckets === null
        ? null
        : Array.from(
            { length: Math.max(a.buckets.length, b.buckets.length) },
            (_, i) => (a.buckets?.[i] ?? 0) + (b.buckets?.[i] ?? 0),
          ),
    stallByCause: b.stallByCause && combined(a.stallByCause, b.stallByCause, (x, y) => x + y),
  };
}

function combined(
  a: StallByCause | null,
  b: StallByCause,
  of: (a: number, b: number) => number,
): StallByCause | null {
  if (a === null) return null;
  const causes = FAULT_CAUSES.filter((cause) => cause in a || cause in b);
  return Object.fromEntries(causes.map((cause) => [cause, of(a[cause] ?? 0, b[cause] ?? 0)]));
}

/** What held threads longest; null where the causes are not told. */
function mainCause(stallByCause: StallByCause | null): FaultCause | null {
  const found = FAULT_CAUSES.filter((cause) => (stallByCause?.[cause] ?? 0) > 0);
  const stall = (cause: FaultCause) => stallByCause?.[cause] ?? 0;
  return found.reduce<FaultCause | null>(
    (best, cause) => (best === null || stall(cause) > stall(best) ? cause : best),
    null,
  );
}

function rowOf(subject: TopSubject, sum: FaultCounters, elapsedNs: number): TopRow {
  return {
    ...sum,
    subject,
    minorPerSec: perSec(sum.minor, elapsedNs),
    majorPerSec: perSec(sum.major, elapsedNs),
    stallNsPerSec: sum.stallNs === null ? null : perSec(sum.stallNs, elapsedNs),
    p99BelowNs: sum.buckets === null ? null : quantileBelow(sum.buckets, 0.99),
    mainCause: mainCause(sum.stallByCause),
  };
}

/** The end of the bucket that holds the quantile; null where there is nothing. */
export function quantileBelow(buckets: LatencyBuckets, share: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  const at = buckets.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
  return 2 ** (at + 1);
}

const SEPARATOR = '@';

export function processKey(tgid: number, start: bigint | number): string {
  return `${tgid}${SEPARATOR}${start}`;
}

export function tgidOfKey(key: string): number {
  return Number(key.slice(0, key.indexOf(SEPARATOR)));
}

export function placeKey(kind: MappingKind, path: string): string {
  return `${kind} ${path}`;
}

export function placeOfKey(key: string): { readonly kind: MappingKind; readonly path: string } {
  const blank = key.indexOf(' ');
  const kind = MAPPING_KINDS.find((one) => one === key.slice(0, blank)) ?? 'unknown';
  return { kind, path: key.slice(blank + 1) };
}
