/**
 * Reads every thread of the machine, again and again: by the BPF iterator where possible, else thread by thread from
 * /proc. The answer is of the same type either way, and says which it was.
 */
import { isMissing, type Maybe, type Missing, missing, orNull } from '../base/missing.ts';
import { taskIterator } from '../bpf/programs/task-iterator.ts';
import { TaskRecords } from '../bpf/task-records.ts';
import { type Facts, need } from '../host/facts.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { processList } from '../kernel/task/lists.ts';
import { ownPidNamespace } from '../kernel/task/namespace.ts';
import type { SweepSource, SweptThread, TaskSweep } from '../model/task-sweep.ts';
import { type Clock, systemClock } from './clock.ts';
import { TaskIterator } from './iterate-tasks.ts';
import { loadBpf } from './load-bpf.ts';
import { ThreadFiles } from './thread-files.ts';

/** Holds what sweeping needs between sweeps. Close it, or end the process. */
export interface TaskSweeper {
  readonly obtainedBy: SweepSource;
  sweep(): TaskSweep;
  close(): void;
}

/** @param only the one way to take, or not at all: then the reason is the answer; by default the best possible */
export function openTaskSweeper(host: Host, only?: SweepSource, clock = systemClock): Maybe<TaskSweeper> {
  if (only === 'proc') return procSweeper(host, null, clock);
  const byBpf = bpfSweeper(host, clock);
  if (!isMissing(byBpf) || only === 'bpf') return byBpf;
  return procSweeper(host, byBpf, clock);
}

/** One sweep. Whoever needs more than one keeps a sweeper: loading the program takes longer than a sweep. */
export function sweepTasks(host: Host, only?: SweepSource): Maybe<TaskSweep> {
  const sweeper = openTaskSweeper(host, only);
  if (isMissing(sweeper)) return sweeper;
  try {
    return sweeper.sweep();
  } finally {
    sweeper.close();
  }
}

function procSweeper(host: Host, because: Missing | null, clock: Clock): TaskSweeper {
  const files = new ThreadFiles(host);
  return sweeper(
    'proc',
    because,
    clock,
    () => files.readAll(),
    () => files.close(),
  );
}

function bpfSweeper(host: Host, clock: Clock): Maybe<TaskSweeper> {
  const namespace = host.read(ownPidNamespace);
  if (isMissing(namespace)) return namespace;
  if (!namespace.isInitial)
    return missing(
      'absent',
      ownPidNamespace.path,
      'BPF sees the ids of the machine, not those of this container',
    );
  const loaded = loadBpf(host, taskIterator, { cpus: possibleCpus(host) });
  if (isMissing(loaded)) return loaded;
  const records = new TaskRecords(loaded.built.layout, unitsOf(host.facts));
  const iterator = new TaskIterator(loaded);
  const read = () => records.decode(iterator.read());
  const hidden = hiddenProcesses(host, read);
  const files = new ThreadFiles(host);
  const readWithHidden = () => [...read(), ...hidden.flatMap((pid) => files.readProcess(pid))];
  return sweeper('bpf', null, clock, hidden.length === 0 ? read : readWithHidden, () => {
    iterator.close();
    files.close();
  });
}

/**
 * Processes that /proc shows and the iterator does not: hardened kernels keep some from BPF. They live long, so they
 * are looked for once, and their threads are then read from /proc.
 */
function hiddenProcesses(host: Host, read: () => readonly SweptThread[]): readonly number[] {
  const before = orNull(host.read(processList)) ?? [];
  const shown = new Set(read().map((thread) => thread.tgid));
  const after = new Set(orNull(host.read(processList)) ?? []);
  return before.filter((pid) => after.has(pid) && !shown.has(pid));
}

function sweeper(
  obtainedBy: SweepSource,
  because: Missing | null,
  clock: Clock,
  read: () => readonly SweptThread[],
  close: () => void = () => {},
): TaskSweeper {
  return {
    obtainedBy,
    sweep() {
      const monotonicNs = clock.monotonicNs();
      return { obtainedBy, because, monotonicNs, threads: read() };
    },
    close,
  };
}

function unitsOf(facts: Facts) {
  return { pageBytes: need(facts, 'pageBytes'), ticksPerSec: need(facts, 'ticksPerSec') };
}

/** How many bits of a mask can ever be set. Where the list cannot be read, all that the kernel was built for. */
function possibleCpus(host: Host): number {
  const possible = orNull(host.read(cpusInState, { state: 'possible' }));
  return possible?.last === undefined ? Number.MAX_SAFE_INTEGER : possible.last + 1;
}
