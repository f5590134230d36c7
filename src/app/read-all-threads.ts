/** Every thread from /proc, four files each: what the BPF iterator yields in one read, on machines without it. */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import type { TaskMemory } from '../bpf/task-records.ts';
import type { Host } from '../host/host.ts';
import { processList, threadList } from '../kernel/task/lists.ts';
import { threadSched } from '../kernel/task/sched.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { type TaskStatus, threadStatus } from '../kernel/task/status.ts';
import type { SweptThread } from '../model/task-sweep.ts';

/** By process. Threads that end while they are read are left out. */
export function readAllThreads(host: Host): SweptThread[] {
  return (orNull(host.read(processList)) ?? []).flatMap((pid) => readThreadsOf(host, pid));
}

/** The threads of one process; none where it has ended. */
export function readThreadsOf(host: Host, pid: number): SweptThread[] {
  const tids = orNull(host.read(threadList, { pid })) ?? [];
  return tids.map((tid) => readThread(host, pid, tid)).filter((thread) => thread !== null);
}

function readThread(host: Host, pid: number, tid: number): SweptThread | null {
  const at = { pid, tid };
  const stat = host.read(threadStat, at);
  if (isMissing(stat)) return null;
  const schedstat = host.read(threadSchedstat, at);
  const sched = host.read(threadSched, at);
  const status = host.read(threadStatus, at);
  return {
    tid,
    tgid: pid,
    comm: stat.comm,
    state: stat.state,
    flags: stat.flags,
    policy: stat.policy,
    nice: stat.nice,
    realtimePriority: stat.realtimePriority,
    cpu: stat.cpu,
    startNs: stat.startNs,
    startTicks: stat.startTicks,
    userNs: stat.userNs,
    systemNs: stat.systemNs,
    runTimeNs: mapMaybe(schedstat, (one) => one.runTimeNs),
    runDelayNs: mapMaybe(schedstat, (one) => one.runDelayNs),
    timeslices: mapMaybe(schedstat, (one) => one.timeslices),
    voluntarySwitches: written(status, (one) => one.voluntarySwitches, 'voluntary_ctxt_switches'),
    involuntarySwitches: written(status, (one) => one.involuntarySwitches, 'nonvoluntary_ctxt_switches'),
    minorFaults: stat.minorFaults,
    majorFaults: stat.majorFaults,
    migrations: written(sched, (one) => one.migrations, 'se.nr_migrations'),
    affinity: mapMaybe(status, (one) => one.affinity),
    memory: written(status, memoryOf, 'RssAnon'),
  };
}

function written<A, B>(reading: Maybe<A>, pick: (reading: A) => B | null, name: string): Maybe<B> {
  return mapMaybe(reading, (value) => pick(value) ?? missing('absent', name)) as Maybe<B>;
}

function memoryOf(status: TaskStatus): TaskMemory | null {
  const { anonymousBytes, fileBytes, sharedBytes, swapBytes } = status;
  if (anonymousBytes === null || fileBytes === null || sharedBytes === null || swapBytes === null)
    return null;
  return { anonymousBytes, fileBytes, sharedBytes, swapBytes };
}
