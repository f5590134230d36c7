/** What strategies see, from a measured process and the machine around it. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, mapMaybe, orNull } from '../base/missing.ts';
import type { Finding } from '../diagnosis/finding.ts';
import { migrationCost, numaBalancing } from '../kernel/proc/sysctl.ts';
import { processStat } from '../kernel/task/stat.ts';
import { timeOnCpus } from '../model/activity.ts';
import type { CpuTimesNs } from '../model/interval.ts';
import { policyName, type ThreadCheck } from '../model/process-check.ts';
import type { ProcessInterval } from '../model/task-interval.ts';
import type { Topology } from '../model/topology.ts';
import type {
  ChildProcess,
  CpuLoad,
  MeasuredCause,
  OtherProcess,
  QuotaState,
  Situation,
  TargetProcess,
  TargetThread,
} from '../placement/situation.ts';
import { type MeasuredWork, mostStopped } from './measure-work.ts';
import { openSchedulingGroups, type SchedulingGroups } from './read-scheduling-group.ts';
import { readTopology } from './read-topology.ts';

/** Whoever ran less is nobody's cause. */
const LEAST_RUN_PCT = 1;
const MOST_OTHERS = 64;

export function readSituation(measured: MeasuredWork): Situation {
  const { host, watched, process, target } = measured;
  const topology = readTopology(host);
  const { interval } = watched.window;
  const groups = openSchedulingGroups(host);
  const own = interval.processes.find(({ tgid }) => tgid === target.tgid);
  return {
    target: targetOf(measured, groups),
    topology,
    usable: usableOf(measured, topology),
    windowNs: interval.elapsedNs,
    load: mapMaybe(interval.machine.cpus, (cpus) => loadOf(cpus, own, measured)),
    others: othersOf(measured, groups),
    causes: causesOf(measured),
    quota: mapMaybe(watched.window.throttling, (all) => quotaOf(mostStopped(all, process.tgid))),
    settings: {
      numaBalancing: host.read(numaBalancing),
      migrationCostNs: host.read(migrationCost),
      release: host.facts.release,
    },
  };
}

/** Isolated CPUs only where its threads are on them already: the kernel balances nothing there. */
function usableOf({ process }: MeasuredWork, { online, isolated }: Topology): CpuSet {
  const inCpuset = (orNull(process.usable) ?? online).intersect(online);
  const balanced = inCpuset.minus(orNull(isolated) ?? CpuSet.EMPTY);
  return balanced.isEmpty ? inCpuset : balanced;
}

function targetOf(
  { process, classification, watched }: MeasuredWork,
  groups: SchedulingGroups,
): TargetProcess {
  const checks = new Map(process.threads.map((thread) => [thread.tid, thread]));
  const cgroup = orNull(process.cgroup);
  const { elapsedNs, processes } = watched.window.interval;
  return {
    tgid: process.tgid,
    comm: process.comm,
    executable: process.executable,
    unit: cgroup?.unit ?? null,
    cgroup: mapMaybe(process.cgroup, (one) => one.path),
    group: groups.of(process.tgid),
    threads: classification.threads.flatMap(({ work, role }): TargetThread[] => {
      const check = checks.get(work.tid);
      return check === undefined ? [] : [{ ...ofWork(work, role), ...ofCheck(check) }];
    }),
    workload: classification.class,
    rssBytes: process.memory.rssBytes,
    byNode: process.memory.byNode,
    ...(isMissing(process.usable) ? {} : { cpusetCpus: process.usable }),
    memoryNodes: cgroup === null || isMissing(cgroup.cpuset) ? null : memoryNodesOf(cgroup.cpuset),
    children: processes
      .filter(({ parent }) => parent === process.tgid)
      .map((child) => childOf(child, elapsedNs)),
  };
}

function memoryNodesOf(cpuset: { readonly memoryNodes: Maybe<CpuSet> } | null): Maybe<CpuSet | null> {
  return cpuset === null ? null : cpuset.memoryNodes;
}

type ClassifiedWork = MeasuredWork['classification']['threads'][number];

function ofWork(work: ClassifiedWork['work'], role: ClassifiedWork['role']) {
  return {
    tid: work.tid,
    comm: work.comm,
    role,
    runPct: work.runPct,
    runDelayPct: work.runDelayPct,
    migrationsPerSec: work.migrationsPerSec,
    wakeUpsPerSec: work.wakeUpsPerSec,
    tickHz: role === 'tick' ? (work.wakeUps?.perSec ?? null) : null,
  };
}

function ofCheck({ affinity, lastCpu, policy, nice, sliceNs }: ThreadCheck) {
  return { affinity, lastCpu, policy, nice, sliceNs: mapMaybe(sliceNs, Number) };
}

function childOf({ tgid, comm, runTimeNs }: ProcessInterval, elapsedNs: number): ChildProcess {
  return { tgid, comm, runPct: mapMaybe(runTimeNs, (ns) => (ns / elapsedNs) * 100) };
}

/** All that ran on a CPU, and of it the target's part; where that moved, it counts on the CPU it was seen on last. */
function loadOf(
  cpus: ReadonlyMap<number, CpuTimesNs>,
  target: ProcessInterval | undefined,
  { interruptsPerSec, watched }: MeasuredWork,
): ReadonlyMap<number, CpuLoad> {
  const { elapsedNs } = watched.window.interval;
  const own = new Map(timeOnCpus(target?.threads ?? []).map(({ cpu, runTimeNs }) => [cpu, runTimeNs]));
  const share = (ns: number) => Math.min(100, (ns / elapsedNs) * 100);
  return new Map(
    [...cpus].map(([cpu, times]) => {
      const targetPct = share(own.get(cpu) ?? 0);
      const tasksPct = share(times.userNs + times.niceNs + times.systemNs);
      return [
        cpu,
        {
          targetPct,
          othersPct: Math.max(0, tasksPct - targetPct),
          interruptPct: share(times.irqNs + times.softirqNs),
          stealPct: share(times.stealNs),
          interruptsPerSec: mapMaybe(interruptsPerSec, (rates) => rates.get(cpu) ?? 0),
        },
      ];
    }),
  );
}

function othersOf(
  { watched, target, host }: MeasuredWork,
  groups: SchedulingGroups,
): readonly OtherProcess[] {
  const { interval, ownTgid, units } = watched.window;
  const ran = interval.processes
    .filter(({ tgid }) => tgid !== target.tgid && tgid !== ownTgid)
    .map((process) => ({ process, runPct: ((orNull(process.runTimeNs) ?? 0) / interval.elapsedNs) * 100 }))
    .filter(({ runPct }) => runPct >= LEAST_RUN_PCT)
    .sort((a, b) => b.runPct - a.runPct)
    .slice(0, MOST_OTHERS);
  return ran.map(({ process, runPct }) => {
    const group = groups.of(process.tgid);
    const stat = orNull(host.read(processStat, { pid: process.tgid }));
    return {
      tgid: process.tgid,
      comm: process.comm,
      unit: units.get(process.tgid) ?? null,
      cgroup: mapMaybe(group, ({ cgroup }) => cgroup),
      group,
      isKernelThread: process.isKernelThread,
      runPct,
      byCpuPct: new Map(
        timeOnCpus(process.threads).map(({ cpu, runTimeNs }) => [
          cpu,
          (runTimeNs / interval.elapsedNs) * 100,
        ]),
      ),
      policy: stat === null ? 'other' : policyName(stat.policy),
      ...(stat === null ? {} : { nice: stat.nice }),
    };
  });
}

function causesOf({ watched }: MeasuredWork): readonly MeasuredCause[] {
  return watched.diagnosis.findings.map((finding: Finding) => ({
    rule: finding.rule,
    mark: finding.mark,
    summary: finding.verdict,
    sharePct: finding.weightRatio * 100,
    isEstimate: finding.isEstimate,
    isMachineWide: finding.subject === null,
  }));
}

function quotaOf(group: ReturnType<typeof mostStopped>): QuotaState | null {
  if (group === null) return null;
  const { cgroup, cpus, stoppedPct, throttledNs } = group;
  return { cgroup, cpus, stoppedPct, throttledNs };
}
