/** `keel check --json`: the document `keel.check/1`. */
import type { CheckedTarget, CheckResult } from '../../../app/check-process.ts';
import { type Gap, GapList, isMissing, type Maybe, present } from '../../../base/missing.ts';
import type { Warning } from '../../../diagnosis/check.ts';
import { tightestQuota } from '../../../model/cgroup.ts';
import {
  type CheckedMachine,
  type ProcessCheck,
  specialCpus,
  type ThreadCheck,
} from '../../../model/process-check.ts';

type Take = <T>(field: string, value: Maybe<T>) => T | null;

export function checkJson({ checked, machine }: CheckResult) {
  const { take, gaps } = foldedGaps();
  return {
    schema: 'keel.check/1',
    processes: checked.map((one) => processJson(one, machine, take)),
    warnings: checked.flatMap((one) => one.warnings).map(warningJson),
    gaps: gaps().map((gap) => ({ ...gap })),
  };
}

/** A value that is missing for the same reason in every thread is one gap. */
export function foldedGaps(): { readonly take: Take; readonly gaps: () => readonly Gap[] } {
  const list = new GapList();
  const told = new Set<string>();
  const take: Take = (field, value) => {
    if (!isMissing(value)) return value;
    const key = `${field} ${value.missing}`;
    if (!told.has(key)) list.take(field, value);
    told.add(key);
    return null;
  };
  return { take, gaps: () => list.gaps };
}

/** Takes every value that the document shows, in its order: what is missing becomes gaps. */
function processJson({ target, process }: CheckedTarget, machine: CheckedMachine, take: Take) {
  const at = (field: string) => `processes[].${field}`;
  const cgroup = take(at('cgroup'), process.cgroup);
  const cpuset = cgroup === null ? null : take(at('cgroupCpus'), cgroup.cpuset);
  const quotas = cgroup === null ? null : take(at('cpuQuota'), cgroup.quotas);
  const usable = take(at('cgroupCpus'), process.usable);
  const ageNs = take(at('ageNs'), process.ageNs);
  const special = specialCpus(process, machine);
  return {
    tgid: process.tgid,
    comm: process.comm,
    exe: take(at('exe'), process.executable),
    state: process.state,
    parent: process.parent,
    uid: take(at('uid'), process.uid),
    startTimeNs: String(process.startNs),
    ageNs,
    unit: cgroup?.unit ?? null,
    cgroup: cgroup?.path ?? null,
    cgroupCpus: (cpuset?.cpus ?? usable)?.toString() ?? null,
    cgroupMemoryNodes: present(cpuset?.memoryNodes) ? (cpuset?.memoryNodes?.toString() ?? null) : null,
    isolatedCpus: take(at('isolatedCpus'), special.isolated)?.toString() ?? null,
    nohzFullCpus: take(at('nohzFullCpus'), special.nohzFull)?.toString() ?? null,
    cpuQuota: quotas === null ? null : (tightestQuota(quotas)?.cpus ?? null),
    quotas: quotas?.map((quota) => quotaJson(quota, take)) ?? null,
    threads: shownThreads({ target, process }).map((thread) => threadJson(thread, take)),
    children: {
      minorFaults: Number(process.childMinorFaults),
      majorFaults: Number(process.childMajorFaults),
    },
    memory: memoryJson(process, take),
    limits: limitsJson(process, take),
  };
}

/** The thread that was named, or all of them. */
export function shownThreads({
  target,
  process,
}: Pick<CheckedTarget, 'target' | 'process'>): readonly ThreadCheck[] {
  return target.tid === null
    ? process.threads
    : process.threads.filter((thread) => thread.tid === target.tid);
}

function quotaJson(quota: NonNullable<ReturnType<typeof tightestQuota>>, take: Take) {
  const throttling = take('processes[].quotas[].throttledPeriods', quota.throttling);
  return {
    cgroup: quota.cgroup,
    cpus: quota.cpus,
    quotaNs: quota.quotaNs,
    periodNs: quota.periodNs,
    periods: numberOf(throttling?.periods),
    throttledPeriods: numberOf(throttling?.throttledPeriods),
    throttledNs: throttling === null ? null : String(throttling.throttledNs),
  };
}

function threadJson(thread: ThreadCheck, take: Take) {
  const field = <T>(name: string, value: Maybe<T>) => take(`processes[].threads[].${name}`, value);
  const text = (value: bigint | null) => (value === null ? null : String(value));
  return {
    tid: thread.tid,
    comm: thread.comm,
    state: thread.state,
    startTimeNs: String(thread.startNs),
    affinity: field('affinity', thread.affinity)?.toString() ?? null,
    allowed: field('allowed', thread.allowed)?.toString() ?? null,
    lastCpu: thread.lastCpu,
    policy: thread.policy,
    nice: thread.nice,
    realtimePriority: thread.realtimePriority,
    sliceNs: numberOf(field('sliceNs', thread.sliceNs)),
    migrations: numberOf(field('migrations', thread.migrations)),
    voluntarySwitches: numberOf(field('voluntarySwitches', thread.voluntarySwitches)),
    involuntarySwitches: numberOf(field('involuntarySwitches', thread.involuntarySwitches)),
    runTimeNs: text(field('runTimeNs', thread.runTimeNs)),
    runDelayNs: text(field('runDelayNs', thread.runDelayNs)),
    minorFaults: Number(thread.minorFaults),
    majorFaults: Number(thread.majorFaults),
  };
}

function memoryJson({ memory, cgroup }: ProcessCheck, take: Take) {
  const field = <T>(name: string, value: Maybe<T>) => take(`processes[].memory.${name}`, value);
  const byNode = field('byNode', memory.byNode);
  const limit = present(cgroup) ? field('cgroupLimitBytes', cgroup.memoryLimit) : null;
  return {
    rssBytes: field('rssBytes', memory.rssBytes),
    swapBytes: field('swapBytes', memory.swapBytes),
    lockedBytes: field('lockedBytes', memory.lockedBytes),
    byNode: byNode === null ? null : Object.fromEntries(byNode),
    cgroupLimitBytes: numberOf(limit?.limitBytes),
    cgroupUsedBytes: limit === null ? null : numberOf(field('cgroupUsedBytes', limit.usedBytes)),
  };
}

/** "unlimited" is a value of its own: null would say that it could not be read. */
function limitsJson({ lockedMemoryLimit }: ProcessCheck, take: Take) {
  const limit = take('processes[].limits.memlockSoftBytes', lockedMemoryLimit);
  const bytes = (value: bigint | 'unlimited' | undefined) =>
    value === 'unlimited' ? value : numberOf(value);
  return { memlockSoftBytes: bytes(limit?.soft), memlockHardBytes: bytes(limit?.hard) };
}

/** Counts stay below 2^53 for centuries at a million a second. */
function numberOf(value: bigint | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function warningJson(warning: Warning) {
  return {
    check: warning.check,
    severity: warning.severity,
    subject: { ...warning.subject },
    summary: warning.summary.en,
    evidence: warning.evidence.map((one) => ({
      text: one.text.en,
      value: one.value,
      unit: one.unit,
      source: one.source,
    })),
    remedies: warning.remedies.map((one) => ({ text: one.text.en, command: one.command, undo: one.undo })),
  };
}
