/** Reads what `keel check` shows, and runs the checks over it. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, mapMaybe, missing, orNull, present } from '../base/missing.ts';
import type { Warning } from '../diagnosis/check.ts';
import { checkProcess } from '../diagnosis/check-process.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { siblingList } from '../kernel/cpu/topology.ts';
import { nodesInState } from '../kernel/node/lists.ts';
import { nodeCpus } from '../kernel/node/node.ts';
import { numaBalancing, realtimePeriod, realtimeRuntime } from '../kernel/proc/sysctl.ts';
import { uptime } from '../kernel/proc/uptime.ts';
import { executable } from '../kernel/task/command.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { threadList } from '../kernel/task/lists.ts';
import { numaMaps, residentByNode } from '../kernel/task/numa-maps.ts';
import { threadSched } from '../kernel/task/sched.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { PF_KTHREAD, processStat, type TaskStat, threadStat } from '../kernel/task/stat.ts';
import { processStatus, type TaskStatus, threadStatus } from '../kernel/task/status.ts';
import type { CgroupReading } from '../model/cgroup.ts';
import {
  type CheckedMachine,
  type ProcessCheck,
  type ProcessMemory,
  policyName,
  type ThreadCheck,
} from '../model/process-check.ts';
import type { FoundTarget } from './find-targets.ts';
import { type Cgroups, openCgroups } from './read-cgroup.ts';

export interface CheckedTarget {
  readonly target: FoundTarget;
  readonly process: ProcessCheck;
  readonly warnings: readonly Warning[];
}

export interface CheckResult {
  /** Targets that ended meanwhile are not among them. */
  readonly checked: readonly CheckedTarget[];
  readonly machine: CheckedMachine;
}

/** What all processes of one call share. */
interface Shared {
  readonly online: Maybe<CpuSet>;
  readonly cgroups: Cgroups;
  /** Where the machine has one node, its number: then no page needs to be looked at. */
  readonly onlyNode: number | null;
}

/** @param memoryByNode look at the pages even where all memory can only be on one node */
export function checkTargets(
  host: Host,
  targets: readonly FoundTarget[],
  { memoryByNode }: { readonly memoryByNode: boolean },
): CheckResult {
  const nodes = orNull(host.read(nodesInState, { state: 'online' })) ?? CpuSet.EMPTY;
  const shared: Shared = {
    online: host.read(cpusInState, { state: 'online' }),
    cgroups: openCgroups(host),
    onlyNode: nodes.size === 1 && !memoryByNode ? (nodes.first ?? null) : null,
  };
  const read = targets.flatMap((target) => {
    const process = readProcess(host, target, shared);
    return process === null ? [] : [{ target, process }];
  });
  const machine = readMachine(
    host,
    nodes,
    shared,
    read.map((one) => one.process),
  );
  return { machine, checked: read.map((one) => ({ ...one, warnings: checkProcess(one.process, machine) })) };
}

/** null where the process has ended, or the id is another process's by now. */
function readProcess(host: Host, target: FoundTarget, shared: Shared): ProcessCheck | null {
  const at = { pid: target.tgid };
  const stat = host.read(processStat, at);
  if (isMissing(stat) || stat.startTicks !== target.startTicks) return null;
  const status = host.read(processStatus, at);
  const cgroup = shared.cgroups.of(target.tgid);
  const without = whyWithout(stat);
  const threads = (orNull(host.read(threadList, at)) ?? [])
    .map((tid) => readThread(host, target.tgid, tid, shared.online))
    .filter((thread) => thread !== null);
  if (threads.length === 0) return null;
  return {
    tgid: target.tgid,
    comm: stat.comm,
    state: stat.state,
    parent: stat.parent,
    uid: mapMaybe(status, (one) => one.uid),
    executable: withDetail(host.read(executable, at), without),
    startNs: stat.startNs,
    ageNs: mapMaybe(host.read(uptime), (now) => Math.max(0, Number(now - stat.startNs))),
    cgroup,
    usable: usableCpus(shared.online, cgroup),
    threads,
    childMinorFaults: stat.childMinorFaults,
    childMajorFaults: stat.childMajorFaults,
    memory: readMemory(host, target.tgid, status, shared.onlyNode, without),
    lockedMemoryLimit: mapMaybe(
      host.read(processLimits, at),
      (limits) => limits.get(LOCKED_MEMORY) ?? missing('absent', LOCKED_MEMORY),
    ),
  };
}

/** Why it has neither program nor memory; undefined for most. */
function whyWithout(stat: TaskStat): string | undefined {
  if ((stat.flags & PF_KTHREAD) !== 0) return 'a kernel thread has none';
  return stat.state === 'Z' ? 'it has ended' : undefined;
}

function withDetail<T>(value: Maybe<T>, detail: string | undefined): Maybe<T> {
  return isMissing(value) && detail !== undefined ? { ...value, detail } : value;
}

function usableCpus(online: Maybe<CpuSet>, cgroup: Maybe<CgroupReading>): Maybe<CpuSet> {
  const cpuset = present(cgroup) ? orNull(cgroup.cpuset) : null;
  return mapMaybe(online, (cpus) => (cpuset === null ? cpus : cpus.intersect(cpuset.cpus)));
}

/** null where the thread has ended, also while it was read: half a thread helps nobody. */
function readThread(host: Host, pid: number, tid: number, online: Maybe<CpuSet>): ThreadCheck | null {
  const at = { pid, tid };
  const stat = host.read(threadStat, at);
  const status = host.read(threadStatus, at);
  const schedstat = host.read(threadSchedstat, at);
  const sched = host.read(threadSched, at);
  if (isMissing(stat) || [status, schedstat, sched].some(hasEnded)) return null;
  const affinity = mapMaybe(status, (one) => one.affinity);
  const value = <T>(of: Maybe<T>, name: string, pick: (reading: T) => bigint | null) =>
    mapMaybe(of, (reading) => pick(reading) ?? missing('absent', `${name} of thread ${tid}`));
  return {
    tid,
    comm: stat.comm,
    state: stat.state,
    startNs: stat.startNs,
    lastCpu: stat.cpu,
    policy: policyName(stat.policy),
    nice: stat.nice,
    realtimePriority: stat.realtimePriority,
    affinity,
    allowed: mapMaybe(affinity, (mask) => mapMaybe(online, (cpus) => mask.intersect(cpus))),
    migrations: value(sched, 'se.nr_migrations', (one) => one.migrations),
    voluntarySwitches: value(status, 'voluntary_ctxt_switches', (one) => one.voluntarySwitches),
    involuntarySwitches: value(status, 'nonvoluntary_ctxt_switches', (one) => one.involuntarySwitches),
    runTimeNs: mapMaybe(schedstat, (one) => one.runTimeNs),
    runDelayNs: mapMaybe(schedstat, (one) => one.runDelayNs),
    minorFaults: stat.minorFaults,
    majorFaults: stat.majorFaults,
    sliceNs: value(sched, 'se.slice', (one) => one.sliceNs),
  };
}

function hasEnded(value: Maybe<unknown>): boolean {
  return isMissing(value) && value.missing === 'gone';
}

function readMemory(
  host: Host,
  pid: number,
  status: Maybe<TaskStatus>,
  onlyNode: number | null,
  without: string | undefined,
): ProcessMemory {
  const bytes = (name: string, pick: (status: TaskStatus) => number | null): Maybe<number> =>
    mapMaybe(status, (one) => pick(one) ?? missing('absent', `${name} of ${pid}`, without));
  const rssBytes = bytes('VmRSS', (one) => one.rssBytes);
  return {
    rssBytes,
    swapBytes: bytes('VmSwap', (one) => one.swapBytes),
    lockedBytes: bytes('VmLck', (one) => one.lockedBytes),
    byNode:
      onlyNode === null
        ? mapMaybe(host.read(numaMaps, { pid }), residentByNode)
        : mapMaybe(rssBytes, (value) => new Map([[onlyNode, value]])),
  };
}

function readMachine(
  host: Host,
  nodes: CpuSet,
  shared: Shared,
  processes: readonly ProcessCheck[],
): CheckedMachine {
  const single = new Set(processes.flatMap((process) => process.threads).flatMap(onlyCpu));
  return {
    online: shared.online,
    possible: host.read(cpusInState, { state: 'possible' }),
    isolated: host.read(cpusInState, { state: 'isolated' }),
    nohzFull: withoutTick(host),
    nodes: setsOf(nodes.size > 1 ? nodes : [], (node) => host.read(nodeCpus, { node })),
    coreOf: setsOf(single, (cpu) => readCore(host, cpu)),
    numaBalancing: host.read(numaBalancing),
    realtimeRuntimeUs: host.read(realtimeRuntime),
    realtimePeriodUs: host.read(realtimePeriod),
  };
}

/** A kernel that was built without it (CONFIG_NO_HZ_FULL) has no such file, and no such CPU. */
function withoutTick(host: Host): Maybe<CpuSet> {
  const set = host.read(cpusInState, { state: 'nohz_full' });
  return isMissing(set) && set.missing === 'absent' ? CpuSet.EMPTY : set;
}

/** The sets that could be read, by number. */
function setsOf(ids: Iterable<number>, read: (id: number) => Maybe<CpuSet>): ReadonlyMap<number, CpuSet> {
  const sets = new Map<number, CpuSet>();
  for (const id of ids) {
    const set = read(id);
    if (present(set)) sets.set(id, set);
  }
  return sets;
}

function onlyCpu(thread: ThreadCheck): readonly number[] {
  return present(thread.allowed) && thread.allowed.size === 1 ? thread.allowed.ids() : [];
}

/** Before Linux 5.3 the file was called thread_siblings_list. */
function readCore(host: Host, cpu: number): Maybe<CpuSet> {
  const cpus = host.read(siblingList, { cpu, group: 'core_cpus' });
  return isMissing(cpus) ? host.read(siblingList, { cpu, group: 'thread_siblings' }) : cpus;
}
