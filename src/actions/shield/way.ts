/** A way to keep everybody else off some CPUs, beside the affinity of their threads, which is always set too. */
import { CpuSet } from '../../base/cpu-set.ts';
import type { Sentence } from '../../base/sentence.ts';
import { placeOf } from '../machine/membership.ts';
import type { MachineStep } from '../machine/setting.ts';
import { isUnitName } from '../machine/unit-cpus.ts';
import type { CpusetGroup, Exception, ShieldSituation } from './situation.ts';

export type WayName = 'partition' | 'systemd' | 'cpuset' | 'affinity';

export interface Way {
  readonly name: WayName;
  /** What keeps others off, for people. */
  readonly label: Sentence;
  /** Why it cannot be here; null where it can. */
  obstacle(situation: ShieldSituation): Sentence | null;
  /** In the order in which they are made. */
  steps(situation: ShieldSituation): readonly MachineStep[];
  /** What is to be known before. */
  cautions(situation: ShieldSituation): readonly Sentence[];
}

/** v1: the group of those who get the CPUs; the group without it holds all others. */
export const INSIDE = '-inside';

/** The name of a group that a shield made. */
export const SHIELD_GROUP = /^\/keel-c-[1-9]\d{0,8}(?:-inside)?$/;

/** What is left of a set; all of the others where nothing would be. */
export function away(from: CpuSet, { cpus, rest }: Pick<ShieldSituation, 'cpus' | 'rest'>): CpuSet {
  const left = from.minus(cpus);
  return left.isEmpty ? rest : left;
}

/** A step without which the way makes no sense. */
export function must(setting: MachineStep['setting'], at: string, before: string, set: string): MachineStep {
  return { setting, at, before, set, mayStay: false };
}

/** Whether a group of the root is a unit, so that systemd writes its files. */
export function isManaged(
  { manager }: Pick<ShieldSituation, 'manager'>,
  { path }: Pick<CpusetGroup, 'path'>,
): boolean {
  return manager === 'systemd' && isUnitName(path.slice(1));
}

/** Leaves a group of the root these CPUs: through who manages it, so that it stays so. */
export function narrow(
  { manager }: Pick<ShieldSituation, 'manager'>,
  { path, asked }: CpusetGroup,
  left: CpuSet,
): MachineStep {
  return isManaged({ manager }, { path })
    ? must('unitCpus', path.slice(1), asked.toKernelList(), left.toKernelList())
    : must('cpusetCpus', path, asked.toKernelList(), left.toKernelList());
}

export function moveIn({ tgid, startTicks, cgroup }: Exception, group: string): MachineStep {
  return must('membership', placeOf({ tgid, startTicks }), cgroup, group);
}

/**
 * The memory nodes of the group that takes them in: those that they had, so that no memory policy is turned to other
 * nodes; all of the root's where they differ.
 */
export function nodesOf({ exceptions, hierarchy }: ShieldSituation): string {
  const [first, ...others] = exceptions;
  const isSame = first !== undefined && others.every((one) => one.nodes.equals(first.nodes));
  const all = hierarchy?.nodes ?? CpuSet.EMPTY;
  return (isSame && !first.nodes.isEmpty ? first.nodes : all).toKernelList();
}

/** The group on the CPUs of the shield, on cgroup v2, and those who are let in. */
export function makeGroup(situation: ShieldSituation): MachineStep[] {
  const { cpus, hierarchy, group, exceptions } = situation;
  return [
    ...(hierarchy?.controller === 'off' ? [must('cpusetController', '/', 'off', 'on')] : []),
    // Also where nobody is inside yet: it is the way in for `keel run` and `keel pin`.
    must('cgroup', group, '', 'made'),
    must('cpusetCpus', group, '', cpus.toKernelList()),
    must('cpusetNodes', group, '', nodesOf(situation)),
    ...exceptions.map((one) => moveIn(one, group)),
  ];
}

/** Those that could use its CPUs, with what is left to each. */
export function groupsToNarrow({
  cpus,
  rest,
  hierarchy,
}: ShieldSituation): { group: CpusetGroup; left: CpuSet }[] {
  return (hierarchy?.groups ?? [])
    .filter(({ asked }) => asked.isEmpty || asked.overlaps(cpus))
    .map((group) => ({ group, left: group.asked.isEmpty ? rest : group.asked.minus(cpus) }));
}

/** A group that may use these CPUs only: with them gone, it would have none. */
export function stranded(groups: readonly CpusetGroup[], cpus: CpuSet): CpusetGroup | undefined {
  return groups.find(({ asked }) => !asked.isEmpty && asked.isSubsetOf(cpus));
}

export function strandedSentence({ path, asked }: CpusetGroup): Sentence {
  return {
    en: `the cgroup ${path} may use CPUs ${asked} only; it would have none left`,
    ko: `cgroup ${path}은(는) CPU ${asked}만 쓸 수 있어 남는 CPU가 없게 됩니다`,
  };
}
