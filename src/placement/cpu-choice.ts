/** Whole cores to choose from, how noisy they are, and what a set of CPUs is called. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing } from '../base/missing.ts';
import type { Topology } from '../model/topology.ts';
import type { Situation } from './situation.ts';

/** A core, as far as the process may use it. */
export interface UsableCore {
  readonly cpus: CpuSet;
  /** `core:6`, or the CPU where the kernel knows of no cores. */
  readonly name: string;
  /** Time that others take of the CPU of it that they take most of, 0 to 100; null where no load was measured. */
  readonly noisePct: number | null;
}

/** Cores in the order of their lowest CPU. A CPU without a known core is one of its own. */
export function usableCores(situation: Situation): readonly UsableCore[] {
  const { topology, usable } = situation;
  const groups = topology.groups.core
    .map(({ cpus }) => cpus.intersect(usable))
    .filter((cpus) => !cpus.isEmpty);
  const inGroups = groups.reduce((all, cpus) => all.union(cpus), CpuSet.EMPTY);
  const alone = usable
    .minus(inGroups)
    .ids()
    .map((cpu) => CpuSet.of(cpu));
  return [...groups, ...alone]
    .sort((a, b) => (a.first ?? 0) - (b.first ?? 0))
    .map((cpus) => ({ cpus, name: setName(cpus, topology), noisePct: noisePct(cpus, situation) }));
}

/** What others, interrupts and the hypervisor take of the noisiest of these CPUs; null where it is not known. */
export function noisePct(cpus: CpuSet, { load }: Situation): number | null {
  if (isMissing(load)) return null;
  const known = cpus.ids().flatMap((cpu) => {
    const one = load.get(cpu);
    return one === undefined ? [] : [Math.min(100, one.othersPct + one.interruptPct + one.stealPct)];
  });
  return known.length === 0 ? null : Math.max(...known);
}

/** Loads within this of each other are the same: /proc/stat counts in clock ticks. */
export const SAME_NOISE_PCT = 5;

/**
 * The quietest first. Among equally quiet ones the later cores come first: the first CPUs of most machines also serve
 * the clock and most device interrupts.
 */
export function quietestFirst(cores: readonly UsableCore[]): readonly UsableCore[] {
  const rank = ({ noisePct: noise }: UsableCore) => Math.round((noise ?? 0) / SAME_NOISE_PCT);
  return [...cores].sort((a, b) => rank(a) - rank(b) || (b.cpus.first ?? 0) - (a.cpus.first ?? 0));
}

export function unionOf(parts: readonly { readonly cpus: CpuSet }[]): CpuSet {
  return parts.reduce((all, { cpus }) => all.union(cpus), CpuSet.EMPTY);
}

/** The term of the language of CPU sets that means exactly these CPUs, else their list. */
export function setName(cpus: CpuSet, topology: Topology): string {
  const named: readonly (readonly [string, readonly { readonly index: number; readonly cpus: CpuSet }[]])[] =
    [
      ['core', topology.groups.core],
      ['llc', topology.llcs],
    ];
  for (const [kind, groups] of named) {
    const found = groups.find((group) => group.cpus.equals(cpus));
    if (found !== undefined) return `${kind}:${found.index}`;
  }
  const node = topology.nodes.find((one) => !isMissing(one.cpus) && one.cpus.equals(cpus));
  if (node !== undefined) return `node:${node.node}`;
  return cpus.toString();
}

/** The CPUs of each node that are usable, nodes without any left out. */
export function usableNodes({ topology, usable }: Situation): readonly { node: number; cpus: CpuSet }[] {
  const byNode = new Map<number, number[]>();
  for (const { cpu, node } of topology.cpus) {
    if (node === null || !usable.has(cpu)) continue;
    byNode.set(node, [...(byNode.get(node) ?? []), cpu]);
  }
  return [...byNode].map(([node, ids]) => ({ node, cpus: CpuSet.from(ids) })).sort((a, b) => a.node - b.node);
}

/** The usable CPUs of each last-level cache. CPUs without one are in none. */
export function usableLlcs({ topology, usable }: Situation): readonly { name: string; cpus: CpuSet }[] {
  return topology.llcs
    .map(({ index, cpus }) => ({ name: `llc:${index}`, cpus: cpus.intersect(usable) }))
    .filter(({ cpus }) => !cpus.isEmpty);
}
