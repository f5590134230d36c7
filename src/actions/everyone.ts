/**
 * A change of every process but some: those that are there, and those that are born until none is left as it was.
 *
 * A fork copies what its parent has, as a clone does (walk.ts). Once all threads of a process were walked, whatever it
 * forked before that is listed; so a listing after all walks that shows nobody new is the proof.
 */
import { CpuSet } from '../base/cpu-set.ts';
import { applyToProcess, type ChangeLog, type OnRefused, recordProcesses } from './apply.ts';
import { type ProcessRecord, wasChanged } from './change.ts';
import type { Controls, LiveThread, ProcessId } from './controls.ts';
import type { LiveProcess } from './machine-controls.ts';
import type { Target } from './plan.ts';
import { isGone, Refused } from './refused.ts';
import { wishAway } from './settings/affinity.ts';
import type { Wish } from './settings/setting.ts';

/** Whom to keep off which CPUs. */
export interface Everyone {
  readonly cpus: CpuSet;
  /** For threads that had no other CPU. */
  readonly rest: CpuSet;
  /** Processes that are left out. */
  readonly except: readonly ProcessId[];
}

const MOST_ROUNDS = 100;

/** A thread of the kernel that belongs to some of these CPUs, and that nobody may move. */
export function isFixedTo(controls: Controls, process: ProcessId, cpus: CpuSet): boolean {
  const [thread] = controls.threads(process) ?? [];
  if (thread === undefined || !thread.isFixed) return false;
  try {
    return CpuSet.parseList(controls.getAffinity(process, thread)).isSubsetOf(cpus);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** What a process is to have instead: inside of its cpuset, which would cut it down otherwise. */
export function wishesFor(controls: Controls, { cpus, rest }: Everyone, process: ProcessId): readonly Wish[] {
  return [
    wishAway(cpus, () => {
      const inside = rest.intersect(controls.machine.cpusetOf(process) ?? rest);
      return inside.isEmpty ? rest : inside;
    }),
  ];
}

/** What the journal keeps of everyone before anything is changed. */
export function recordEveryone(
  controls: Controls,
  everyone: Everyone,
  targets: readonly Target[],
): readonly ProcessRecord[] {
  return targets.flatMap((target) =>
    recordProcesses(controls, [target], wishesFor(controls, everyone, target)),
  );
}

export function processKey({ tgid, startTicks }: ProcessId): string {
  return `${tgid}@${startTicks}`;
}

/** All processes of the machine that are not left out. */
export function everyoneNow(controls: Controls, { except }: Everyone): readonly Target[] {
  const left = new Set(except.map(processKey));
  return controls.machine
    .processes()
    .filter((process) => !left.has(processKey(process)))
    .map(({ tgid, startTicks, comm }) => ({ tgid, startTicks, comm, meant: isMovable }));
}

/** The kernel's own threads that belong to their CPU are nobody's to move. */
function isMovable(thread: LiveThread): boolean {
  return !thread.isFixed;
}

/**
 * Changes the recorded ones, and then who was born meanwhile; but not who is born of a process that is left out.
 * @returns all that were changed, or had inherited it
 * @throws Refused where that does not end
 */
export function applyToEveryone(
  controls: Controls,
  everyone: Everyone,
  recorded: readonly ProcessRecord[],
  log: ChangeLog,
  onRefused: OnRefused,
): readonly Target[] {
  const covered = new Map<string, Target>();
  const change = (record: ProcessRecord): void => {
    const target = { ...record, meant: isMovable };
    covered.set(processKey(record), target);
    applyToProcess(controls, target, record, wishesFor(controls, everyone, target), log, onRefused);
  };
  for (const record of recorded) change(record);
  const free = new Set(everyone.except.map(processKey));
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
    const fresh = newborn(controls, covered, free);
    if (fresh.length === 0) return [...covered.values()];
    // Who inherited what was set is nobody's `before`.
    const found = recordEveryone(controls, everyone, fresh).filter((one) => one.threads.some(wasChanged));
    for (const target of fresh) covered.set(processKey(target), target);
    if (found.length === 0) continue;
    log.append({ record: 'processes', processes: found });
    for (const record of found) change(record);
  }
  throw new Refused('failed', {
    en: 'processes are started faster than they can be changed',
    ko: '바꾸는 것보다 빠르게 프로세스가 시작되고 있습니다',
  });
}

/** Who is neither covered nor free yet; children of the free are made free. */
function newborn(
  controls: Controls,
  covered: ReadonlyMap<string, Target>,
  free: Set<string>,
): readonly Target[] {
  const all = controls.machine.processes();
  const byId = new Map(all.map((process) => [process.tgid, process]));
  const isOfFree = (process: LiveProcess): boolean => {
    const seen = new Set<number>();
    let at: LiveProcess | undefined = process;
    while (at !== undefined && !seen.has(at.tgid) && !covered.has(processKey(at))) {
      if (free.has(processKey(at))) return true;
      seen.add(at.tgid);
      at = byId.get(at.parent);
    }
    return false;
  };
  return all.flatMap((process) => {
    const key = processKey(process);
    if (covered.has(key)) return [];
    if (isOfFree(process)) {
      free.add(key);
      return [];
    }
    const { tgid, startTicks, comm } = process;
    return [{ tgid, startTicks, comm, meant: isMovable }];
  });
}
