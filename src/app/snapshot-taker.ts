/**
 * Takes snapshots of all tasks, again and again: threads by the BPF iterator where possible, else from /proc. What the
 * kernel keeps for a whole process, ended threads included, is in /proc only, one file a process.
 */
import { isMissing, type Missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { processStat } from '../kernel/task/stat.ts';
import type { ProcessReading, Snapshot } from '../model/snapshot.ts';
import { threadReadingOf } from '../model/sweep-readings.ts';
import type { SweepSource, SweptThread } from '../model/task-sweep.ts';
import { noBpf } from './bpf-errors.ts';
import { type Clock, systemClock } from './clock.ts';
import { openTaskSweeper } from './sweep-tasks.ts';
import { readMachine, readProcess, takeSnapshot } from './take-snapshot.ts';

export interface SnapshotTaker {
  readonly obtainedBy: SweepSource;
  /** Why not by the better way; null where this is the best, or was asked for. */
  readonly because: Missing | null;
  take(monotonicNs: bigint): Snapshot;
  /** These processes, those that have ended left out; without the counters of the machine. */
  takeProcesses(tgids: readonly number[]): ReadonlyMap<number, ProcessReading>;
  close(): void;
}

/**
 * @param only the one way to take; by default the best possible
 * @throws KeelError E_PRIVILEGE or E_UNSUPPORTED where BPF was asked for and is not to be had
 */
export function openSnapshotTaker(host: Host, only?: SweepSource, clock: Clock = systemClock): SnapshotTaker {
  if (only === 'proc') return procTaker(host, null);
  const sweeper = openTaskSweeper(host, 'bpf', clock);
  if (isMissing(sweeper)) {
    if (only === 'bpf') throw noBpf(sweeper);
    return procTaker(host, sweeper);
  }
  const take = (wanted: readonly number[] | null) => processesOf(host, sweeper.sweep().threads, wanted);
  return {
    obtainedBy: 'bpf',
    because: null,
    take: (monotonicNs) => ({ monotonicNs, processes: take(null), machine: readMachine(host) }),
    takeProcesses: take,
    close: () => sweeper.close(),
  };
}

function procTaker(host: Host, because: Missing | null): SnapshotTaker {
  return {
    obtainedBy: 'proc',
    because,
    take: (monotonicNs) => takeSnapshot(host, monotonicNs),
    takeProcesses: (tgids) =>
      new Map(
        tgids.flatMap((tgid) => {
          const reading = readProcess(host, tgid);
          return isMissing(reading) ? [] : [[tgid, reading] as const];
        }),
      ),
    close() {},
  };
}

function processesOf(
  host: Host,
  threads: readonly SweptThread[],
  only: readonly number[] | null,
): Map<number, ProcessReading> {
  const wanted = only === null ? null : new Set(only);
  const byProcess = new Map<number, SweptThread[]>();
  for (const thread of threads) {
    if (wanted !== null && !wanted.has(thread.tgid)) continue;
    const known = byProcess.get(thread.tgid);
    if (known === undefined) byProcess.set(thread.tgid, [thread]);
    else known.push(thread);
  }
  const processes = new Map<number, ProcessReading>();
  for (const [tgid, swept] of byProcess) {
    const reading = processOf(host, tgid, swept);
    if (reading !== null) processes.set(tgid, reading);
  }
  return processes;
}

/** null where the process has ended since the sweep. */
function processOf(host: Host, tgid: number, swept: readonly SweptThread[]): ProcessReading | null {
  const stat = orNull(host.read(processStat, { pid: tgid }));
  if (stat === null) return null;
  const threads = swept.map((thread) => threadReadingOf(thread, stat));
  if (threads.some((thread) => thread === null)) return orNull(readProcess(host, tgid));
  return { tgid, stat, threads: threads.filter((thread) => thread !== null) };
}

/** From here on one sweep over the whole machine is cheaper than three files for each thread. */
const MANY_THREADS = 64;

/**
 * How to read some processes again and again. null: one by one from /proc, which is cheapest for few threads.
 * @throws KeelError as openSnapshotTaker does
 */
export function takerFor(
  host: Host,
  targets: readonly { readonly tgid: number }[],
  only: SweepSource | undefined,
): SnapshotTaker | null {
  if (only === 'proc') return null;
  if (only === 'bpf') return openSnapshotTaker(host, only);
  const threads = targets.reduce(
    (sum, { tgid }) => sum + (orNull(host.read(threadList, { pid: tgid })) ?? []).length,
    0,
  );
  if (threads < MANY_THREADS) return null;
  const taker = openSnapshotTaker(host);
  return taker.obtainedBy === 'bpf' ? taker : null;
}
