/**
 * Takes snapshots of all tasks, again and again: threads by the BPF iterator where possible, else from /proc. What the
 * kernel keeps for a whole process, ended threads included, is in /proc only, one file a process.
 */
import { isMissing, type Missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
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
  /** @param only the processes to read; all of them by default */
  take(monotonicNs: bigint, only?: Iterable<number>): Snapshot;
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
  return {
    obtainedBy: 'bpf',
    because: null,
    take: (monotonicNs, tgids) => snapshotOf(host, monotonicNs, sweeper.sweep().threads, tgids),
    close: () => sweeper.close(),
  };
}

function procTaker(host: Host, because: Missing | null): SnapshotTaker {
  return {
    obtainedBy: 'proc',
    because,
    take: (monotonicNs, tgids) => takeSnapshot(host, monotonicNs, tgids),
    close() {},
  };
}

function snapshotOf(
  host: Host,
  monotonicNs: bigint,
  threads: readonly SweptThread[],
  only: Iterable<number> | undefined,
): Snapshot {
  const wanted = only === undefined ? null : new Set(only);
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
  return { monotonicNs, processes, machine: readMachine(host) };
}

/** null where the process has ended since the sweep. */
function processOf(host: Host, tgid: number, swept: readonly SweptThread[]): ProcessReading | null {
  const stat = orNull(host.read(processStat, { pid: tgid }));
  if (stat === null) return null;
  const threads = swept.map((thread) => threadReadingOf(thread, stat));
  if (threads.some((thread) => thread === null)) return orNull(readProcess(host, tgid));
  return { tgid, stat, threads: threads.filter((thread) => thread !== null) };
}
