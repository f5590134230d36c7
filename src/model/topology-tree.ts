/**
 * The topology as nested boxes: each group inside the smallest one that holds it, groups of the same CPUs in one box.
 * For text and pictures. Which level lies in which differs by machine (a die may hold two caches, a cache two dies), so
 * nothing but the sets decides.
 */
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing } from '../base/missing.ts';
import type { CpuGroup } from './cpu-groups.ts';
import { groupsOf } from './cpu-terms.ts';
import type { LlcGroup, NodeTopology, Topology } from './topology.ts';

/** From the outside in: what stands first in a box of several. */
export const BOX_KINDS = ['drawer', 'book', 'package', 'node', 'die', 'llc', 'cluster'] as const;
export type BoxKind = (typeof BOX_KINDS)[number];

export type BoxLabel =
  | { readonly kind: 'node'; readonly number: number; readonly node: NodeTopology }
  | { readonly kind: 'llc'; readonly number: number; readonly llc: LlcGroup }
  | { readonly kind: Exclude<BoxKind, 'node' | 'llc'>; readonly number: number };

export interface Box {
  readonly labels: readonly BoxLabel[];
  readonly cpus: CpuSet;
  readonly boxes: readonly Box[];
  /** The cores directly inside. */
  readonly cores: readonly CpuGroup[];
}

interface Open {
  readonly labels: BoxLabel[];
  readonly cpus: CpuSet;
  readonly boxes: Open[];
  readonly cores: CpuGroup[];
}

/** The outermost box is the machine, without labels unless one group holds all CPUs. */
export function topologyTree(topology: Topology): Box {
  const root: Open = { labels: [], cpus: topology.online, boxes: [], cores: [] };
  for (const { label, cpus } of labelledSets(topology)) {
    const box = holding(root, cpus);
    // A set that cuts another is a contradiction, which is told elsewhere; it cannot be drawn.
    if (box.boxes.some((inner) => inner.cpus.overlaps(cpus) && !inner.cpus.isSubsetOf(cpus))) continue;
    if (box.cpus.equals(cpus)) box.labels.push(label);
    else box.boxes.push({ labels: [label], cpus, boxes: [], cores: [] });
  }
  for (const core of topology.groups.core) holding(root, core.cpus).cores.push(core);
  sortBoxes(root);
  return root;
}

function holding(box: Open, cpus: CpuSet): Open {
  const inner = box.boxes.find((candidate) => cpus.isSubsetOf(candidate.cpus));
  return inner === undefined ? box : holding(inner, cpus);
}

function sortBoxes(box: Open): void {
  box.boxes.sort((a, b) => (a.cpus.first ?? 0) - (b.cpus.first ?? 0));
  box.labels.sort((a, b) => BOX_KINDS.indexOf(a.kind) - BOX_KINDS.indexOf(b.kind));
  for (const inner of box.boxes) sortBoxes(inner);
}

/** The largest first, so that what holds is there before what is held. */
function labelledSets(topology: Topology): { label: BoxLabel; cpus: CpuSet }[] {
  const { online } = topology;
  const named = (kind: 'core' | 'package') => topology.groups[kind].map(({ cpus }) => cpus.toString());
  const cores = new Set(named('core'));
  // Many kernels call every package a die, every core a cluster: that says nothing more.
  const said = new Set([...cores, ...named('package')]);
  const sets: { label: BoxLabel; cpus: CpuSet }[] = [];
  for (const kind of ['drawer', 'book', 'die', 'cluster'] as const) {
    const again = kind === 'die' || kind === 'cluster' ? said : cores;
    for (const { index, cpus } of topology.groups[kind]) {
      if (!again.has(cpus.toString())) sets.push({ label: { kind, number: index }, cpus });
    }
  }
  for (const [number, cpus] of groupsOf('package', topology))
    sets.push({ label: { kind: 'package', number }, cpus });
  for (const llc of topology.llcs) {
    if (!cores.has(llc.cpus.toString()))
      sets.push({ label: { kind: 'llc', number: llc.index, llc }, cpus: llc.cpus });
  }
  for (const node of topology.nodes) {
    const cpus = isMissing(node.cpus) ? null : node.cpus.intersect(online);
    if (cpus !== null && !cpus.isEmpty) sets.push({ label: { kind: 'node', number: node.node, node }, cpus });
  }
  const rank = (label: BoxLabel) => BOX_KINDS.indexOf(label.kind);
  return sets.sort((a, b) => b.cpus.size - a.cpus.size || rank(a.label) - rank(b.label));
}

/** Boxes of one shape look the same but for numbers, so one of them can stand for all. */
export function shapeOf(box: Box): string {
  const labels = box.labels.map((label) => {
    if (label.kind === 'llc') return `llc${label.llc.cache.level}/${label.llc.cache.sizeBytes}`;
    return label.kind;
  });
  const cores = box.cores.map(({ cpus }) => cpus.size).join(' ');
  return `${labels.join('+')}{${cores};${box.boxes.map(shapeOf).join(',')}}`;
}
