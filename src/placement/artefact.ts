/** A proposal in the words of another tool, to keep: files and commands, and how to take them back. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { memoryOf } from './nodes.ts';
import type { MemoryMove, Proposal, SchedulingMove } from './proposal.ts';
import type { GroupWeight, OtherProcess, SchedulingGroup, Situation } from './situation.ts';

export const ARTEFACT_FORMS = [
  'taskset',
  'systemd',
  'docker',
  'podman',
  'kubernetes',
  'libvirt',
  'numactl',
] as const;
export type ArtefactForm = (typeof ARTEFACT_FORMS)[number];

export interface Artefact {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Lines for a shell, what others chose in them quoted. */
  readonly commands: readonly string[];
  readonly undo: readonly string[];
  readonly notes: readonly Sentence[];
}

export type ArtefactAnswer = Artefact | { readonly because: Sentence };

/** What one process should have: the whole of it, because most tools know no threads. */
export interface Wanted {
  readonly tgid: number;
  readonly comm: string;
  readonly unit: string | null;
  readonly cgroup: Maybe<string>;
  readonly executable: Maybe<string>;
  readonly cpus: CpuSet | null;
  readonly memory: MemoryMove | null;
  readonly scheduling: SchedulingMove | null;
  /** Of its cgroup, in CPUs. */
  readonly quota: { readonly fromCpus: number; readonly toCpus: number } | null;
  /** Its group comes after every other. */
  readonly isIdleGroup: boolean;
  /** What it has before the change: the way back is to that, and not to what most programs have. */
  readonly now: ValuesNow;
  /** The nice value that its session should get. */
  readonly sessionNice: number | null;
  /** Where threads get CPUs of their own: those. */
  readonly threads: readonly { readonly tid: number; readonly comm: string; readonly cpus: CpuSet }[];
}

/** As it was read; null where it was not, or differs from thread to thread. */
export interface ValuesNow {
  /** Of all its threads. */
  readonly affinity: CpuSet | null;
  /** By thread, where they differ; empty where they are not known. */
  readonly affinities: readonly { readonly tid: number; readonly cpus: CpuSet }[];
  readonly policy: string | null;
  readonly nice: number | null;
  readonly sessionNice: number | null;
  readonly weight: GroupWeight | null;
  /** CPUs and memory nodes that its cpuset gives: for tools that have no word for "all". */
  readonly cpusetCpus: CpuSet;
  readonly cpusetNodes: CpuSet;
}

export interface ArtefactWriter {
  readonly form: ArtefactForm;
  /** Pure. */
  readonly write: (wanted: Wanted) => ArtefactAnswer;
}

/** @returns null for "leave alone", and for a shield */
export function wantedBy(proposal: Proposal, situation: Situation): Wanted | null {
  const [move] = proposal.moves;
  const [group] = proposal.groups;
  // What is about several programs is no setting of one.
  if ((move === undefined && group === undefined) || proposal.moves.some(({ away }) => away !== undefined))
    return null;
  const { target } = situation;
  const tgid = move?.tgid ?? (group?.kind === 'autogroup' ? group.tgid : null);
  const hog = situation.others.find((one) =>
    tgid === null
      ? group?.kind === 'idle-cgroup' && one.unit === group.unit && cgroupOf(one) === group.cgroup
      : one.tgid === tgid,
  );
  const subject = hog ?? target;
  const own = hog === undefined ? proposal.moves : [];
  const named = own.filter(({ threads }) => threads !== 'all');
  const all = proposal.moves.find(({ threads }) => threads === 'all');
  return {
    tgid: subject.tgid,
    comm: subject.comm,
    unit: subject.unit,
    cgroup: subject.cgroup,
    executable: hog === undefined ? target.executable : { missing: 'absent', path: 'executable' },
    cpus: all?.cpus ?? null,
    memory: all?.memory ?? null,
    scheduling: all?.scheduling ?? named.find(({ scheduling }) => scheduling !== null)?.scheduling ?? null,
    quota: group?.kind === 'quota' ? group : null,
    isIdleGroup: group?.kind === 'idle-cgroup',
    now: hog === undefined ? nowOfTarget(situation) : nowOfOther(hog, situation),
    sessionNice: group?.kind === 'autogroup' ? group.nice : null,
    threads: named.flatMap(({ threads, cpus }) =>
      cpus === null || threads === 'all'
        ? []
        : threads.map((tid) => ({
            tid,
            comm: target.threads.find((one) => one.tid === tid)?.comm ?? '',
            cpus,
          })),
    ),
  };
}

function cgroupOf({ cgroup }: { readonly cgroup: Maybe<string> }): string | null {
  return isMissing(cgroup) ? null : cgroup;
}

function nowOfTarget(situation: Situation): ValuesNow {
  const { target, topology, usable } = situation;
  const affinities = target.threads.flatMap(({ tid, affinity }) =>
    isMissing(affinity) ? [] : [{ tid, cpus: affinity.intersect(topology.online) }],
  );
  const isComplete = affinities.length === target.threads.length;
  const masks = new Set(affinities.map(({ cpus }) => cpus.toKernelList()));
  return {
    ...groupNow(target.group),
    affinity: isComplete && masks.size === 1 ? (affinities[0]?.cpus ?? null) : null,
    affinities: isComplete ? affinities : [],
    policy: commonOf(target.threads.map(({ policy }) => policy)),
    nice: commonOf(target.threads.map(({ nice }) => nice)),
    cpusetCpus: target.cpusetCpus ?? usable,
    cpusetNodes: isMissing(target.memoryNodes)
      ? nodesWithMemory(situation)
      : (target.memoryNodes ?? nodesWithMemory(situation)),
  };
}

function nowOfOther(process: OtherProcess, situation: Situation): ValuesNow {
  return {
    ...groupNow(process.group),
    affinity: null,
    affinities: [],
    policy: process.policy,
    nice: process.nice ?? null,
    cpusetCpus: situation.topology.online,
    cpusetNodes: nodesWithMemory(situation),
  };
}

function groupNow(group: Maybe<SchedulingGroup>): Pick<ValuesNow, 'sessionNice' | 'weight'> {
  if (isMissing(group)) return { sessionNice: null, weight: null };
  return { sessionNice: group.nice ?? null, weight: group.weight ?? null };
}

function commonOf<T>(values: readonly T[]): T | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}

function nodesWithMemory(situation: Situation): CpuSet {
  const nodes = situation.topology.nodes.filter(({ node }) => memoryOf(node, situation) !== null);
  return CpuSet.from(nodes.map(({ node }) => node));
}

export function cannot(en: string, ko: string): ArtefactAnswer {
  return { because: { en, ko } };
}

/** Why a tool that knows whole processes only cannot say it; null where it can. */
export function onlyThreads({ threads }: Wanted, tool: string): ArtefactAnswer | null {
  if (threads.length === 0) return null;
  return cannot(
    `${tool} places whole processes, and this is about single threads; keel pin does it, with --threads`,
    `${tool}은(는) 프로세스 전체만 배치합니다. 스레드별 배치는 keel pin --threads로 할 수 있습니다`,
  );
}
