/** The two lines of `keel check` that say where a process may run, and how it stands with memory. */
import type { CpuSet } from '../../../base/cpu-set.ts';
import { isMissing, type Maybe, present } from '../../../base/missing.ts';
import { type Sentence, verbatim } from '../../../base/sentence.ts';
import { tightestQuota } from '../../../model/cgroup.ts';
import {
  affinityGroups,
  allowedAnywhere,
  type CheckedMachine,
  type ProcessCheck,
  specialCpus,
} from '../../../model/process-check.ts';
import { formatBytes, formatCount, formatDuration } from '../../output/format.ts';
import type { Look } from '../../output/look.ts';
import { dash, policyText } from './threads.ts';

const AFFINITY_GROUPS = 3;

/** Affinity, what is allowed, quota, policy. */
export function placementLine(process: ProcessCheck, machine: CheckedMachine, look: Look): string {
  return [
    look.say(affinityPhrase(process, look)),
    look.say(cpusetPhrase(process, look)),
    ...specialPhrases(process, machine, look),
    look.say(quotaPhrase(process, look)),
    ...policyPhrase(process, look),
  ].join(', ');
}

function affinityPhrase(process: ProcessCheck, look: Look): Sentence {
  const groups = affinityGroups(process.threads);
  const all = process.threads.length;
  const [first] = groups;
  if (first === undefined) return verbatim(`affinity ${dash(look)}`);
  const named = groups.slice(0, AFFINITY_GROUPS);
  const more = groups.length - named.length;
  const list = (each: (cpus: string, count: number) => string) =>
    named.map((group) => each(group.affinity.toString(), group.threads.length)).join(', ');
  return {
    en: `affinity ${list((cpus, count) => `${cpus} on ${count}`)} of ${all} ${all === 1 ? 'thread' : 'threads'}${more > 0 ? ` (${more} more masks)` : ''}`,
    ko: `친화도 ${list((cpus, count) => `${cpus} (${count}개)`)}, 스레드 ${all}개${more > 0 ? ` (마스크 ${more}가지 더)` : ''}`,
  };
}

/** What is left of the masks, all threads together, and the cpuset they are in. */
function cpusetPhrase(process: ProcessCheck, look: Look): Sentence {
  const allowed = allowedAnywhere(process);
  const cpuset = present(process.cgroup) ? process.cgroup.cpuset : null;
  const inside = present(cpuset) && cpuset !== null ? ` (cpuset ${cpuset.cpus})` : '';
  const cpus = `${allowed.isEmpty ? dash(look) : allowed}${inside}`;
  return { en: `allowed ${cpus}`, ko: `허용 ${cpus}` };
}

/** `isolated 4-5`, `nohz_full 4-5`: of the CPUs it may use; nothing on most machines. */
function specialPhrases(process: ProcessCheck, machine: CheckedMachine, look: Look): string[] {
  const { isolated, nohzFull } = specialCpus(process, machine);
  const some = (value: Maybe<CpuSet>, name: Sentence) =>
    present(value) && !value.isEmpty ? [`${look.say(name)} ${value}`] : [];
  return [...some(isolated, { en: 'isolated', ko: '격리됨' }), ...some(nohzFull, verbatim('nohz_full'))];
}

function quotaPhrase({ cgroup }: ProcessCheck, look: Look): Sentence {
  if (isMissing(cgroup) || isMissing(cgroup.quotas)) {
    return { en: `quota ${dash(look)}`, ko: `할당량 ${dash(look)}` };
  }
  const quota = tightestQuota(cgroup.quotas);
  if (quota === null) return { en: 'quota none', ko: '할당량 없음' };
  const cpus = Number(quota.cpus.toFixed(2));
  const every = formatDuration(quota.periodNs, look.unicode);
  return {
    en: `quota ${cpus} CPUs per ${every}`,
    ko: `할당량 ${every}마다 CPU ${cpus}개`,
  };
}

/** Only where all threads agree; else the table has a column for it. */
function policyPhrase({ threads }: ProcessCheck, look: Look): string[] {
  const [first] = threads;
  const same = threads.every((thread) => policyText(thread) === policyText(first ?? thread));
  if (first === undefined || !same) return [];
  const slices = new Set(threads.map((thread) => (present(thread.sliceNs) ? thread.sliceNs : null)));
  const [slice] = slices;
  const text = `${look.say({ en: 'policy', ko: '정책' })} ${policyText(first)}`;
  if (slices.size !== 1 || slice === null || slice === undefined || slice === 0n) return [text];
  return [
    text,
    `${look.say({ en: 'slice', ko: '슬라이스' })} ${formatDuration(Number(slice), look.unicode)}`,
  ];
}

/** `RSS 4.10 GiB (node 0: 4.10 GiB), swap 312 MiB, locked 0 B of 8 MiB soft, 8 MiB hard, ...` */
export function memoryLine(process: ProcessCheck, look: Look): string {
  const { memory, lockedMemoryLimit: limit, cgroup } = process;
  const bytes = (value: Maybe<number>) => (present(value) ? formatBytes(value) : dash(look));
  const amount = (value: bigint | 'unlimited') =>
    value === 'unlimited' ? look.say({ en: 'unlimited', ko: '무제한' }) : formatBytes(Number(value));
  const nodes = present(memory.byNode) ? [...memory.byNode].filter(([, value]) => value > 0) : [];
  const byNode = nodes.map(
    ([node, value]) => `${look.say({ en: 'node', ko: '노드' })} ${node}: ${formatBytes(value)}`,
  );
  const cgroupLimit = present(cgroup) && present(cgroup.memoryLimit) ? cgroup.memoryLimit : null;
  const children = process.childMinorFaults + process.childMajorFaults;
  const phrases: Sentence[] = [
    verbatim(`RSS ${bytes(memory.rssBytes)}${byNode.length > 0 ? ` (${byNode.join(', ')})` : ''}`),
    { en: `swap ${bytes(memory.swapBytes)}`, ko: `스왑 ${bytes(memory.swapBytes)}` },
    isMissing(limit)
      ? { en: `locked ${bytes(memory.lockedBytes)}`, ko: `잠김 ${bytes(memory.lockedBytes)}` }
      : {
          en: `locked ${bytes(memory.lockedBytes)} of ${amount(limit.soft)} soft, ${amount(limit.hard)} hard`,
          ko: `잠김 ${bytes(memory.lockedBytes)} / 소프트 ${amount(limit.soft)}, 하드 ${amount(limit.hard)}`,
        },
    ...(cgroupLimit === null
      ? []
      : [
          {
            en: `cgroup limit ${amount(cgroupLimit.limitBytes)}`,
            ko: `cgroup 한도 ${amount(cgroupLimit.limitBytes)}`,
          },
        ]),
    ...(children === 0n
      ? []
      : [
          {
            en: `faults of ended children ${formatCount(process.childMinorFaults)}/${formatCount(process.childMajorFaults)}`,
            ko: `끝난 자식의 폴트 ${formatCount(process.childMinorFaults)}/${formatCount(process.childMajorFaults)}`,
          },
        ]),
  ];
  return phrases.map(look.say).join(', ');
}
