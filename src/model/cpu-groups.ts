/** Cores, clusters, dies, packages, books, drawers: the groups that the kernel's lists of siblings make. */
import { CpuSet } from '../base/cpu-set.ts';
import { orNull } from '../base/missing.ts';
import type { CpuInfoBlock } from '../kernel/proc/cpuinfo.ts';
import { type CpuReading, GROUP_KINDS, type GroupKind, type TopologyReadings } from './topology-readings.ts';

export interface CpuGroup {
  /** Position in the order of the lowest CPU, from 0. */
  readonly index: number;
  /** The kernel's number, which may repeat; null where there is none. */
  readonly id: number | null;
  readonly cpus: CpuSet;
}

export interface Groups {
  readonly byCpu: Readonly<Record<GroupKind, ReadonlyMap<number, CpuSet>>>;
  readonly lists: Readonly<Record<GroupKind, readonly CpuGroup[]>>;
  readonly core: ReadonlyMap<number, CpuSet>;
  /** Ids from /proc/cpuinfo, where /sys has no topology. */
  readonly fallbackIds: ReadonlyMap<number, Partial<Record<GroupKind, number>>>;
}

export function buildGroups(readings: TopologyReadings, online: CpuSet): Groups {
  const fallback = readings.cpus.some((reading) => reading.hasTopology)
    ? []
    : (orNull(readings.info)?.blocks ?? []);
  const fallbackIds = new Map(fallback.map((block) => [block.cpu, idsOfBlock(block)]));
  const byCpu = {} as Record<GroupKind, ReadonlyMap<number, CpuSet>>;
  const lists = {} as Record<GroupKind, readonly CpuGroup[]>;
  for (const kind of GROUP_KINDS) {
    const sets = fallback.length > 0 ? setsOfBlocks(kind, fallback) : setsOfReadings(kind, readings.cpus);
    byCpu[kind] = partition(sets, online);
    const idOf = (cpu: number) =>
      idOfReading(
        kind,
        readings.cpus.find((reading) => reading.cpu === cpu),
      ) ??
      fallbackIds.get(cpu)?.[kind] ??
      null;
    lists[kind] = listOf(byCpu[kind], idOf);
  }
  return { byCpu, lists, core: byCpu.core, fallbackIds };
}

/**
 * Makes disjoint groups of sets that should be disjoint already: each CPU is in the group of the lowest CPU that
 * names it. A set without its own CPU, and an empty one, count as unknown.
 */
export function partition(sets: ReadonlyMap<number, CpuSet>, online: CpuSet): ReadonlyMap<number, CpuSet> {
  const groups = new Map<number, CpuSet>();
  for (const [cpu, set] of [...sets].sort(([a], [b]) => a - b)) {
    if (groups.has(cpu) || !online.has(cpu) || !set.has(cpu)) continue;
    const free = CpuSet.from(set.ids().filter((id) => online.has(id) && !groups.has(id)));
    for (const id of free) groups.set(id, free);
  }
  return groups;
}

function listOf(
  byCpu: ReadonlyMap<number, CpuSet>,
  idOf: (cpu: number) => number | null,
): readonly CpuGroup[] {
  const distinct = [...new Set(byCpu.values())].sort((a, b) => (a.first ?? 0) - (b.first ?? 0));
  return distinct.map((cpus, index) => ({ index, id: idOf(cpus.first ?? 0), cpus }));
}

function setsOfReadings(kind: GroupKind, cpus: readonly CpuReading[]): ReadonlyMap<number, CpuSet> {
  const sets = new Map<number, CpuSet>();
  for (const reading of cpus) {
    const set = orNull(reading.siblings[kind]);
    // A cluster id of -1 says that there are no clusters; the set then repeats another group.
    const none = kind === 'cluster' && idOfReading(kind, reading) === null;
    if (set !== null && !none) sets.set(reading.cpu, set);
  }
  return sets;
}

function idOfReading(kind: GroupKind, reading: CpuReading | undefined): number | null {
  const id = reading === undefined ? null : orNull(reading.ids[kind]);
  return id === null || id < 0 || (kind === 'cluster' && id === 65_535) ? null : id;
}

function idsOfBlock(block: CpuInfoBlock): Partial<Record<GroupKind, number>> {
  return {
    ...(block.package === null ? {} : { package: block.package }),
    ...(block.core === null ? {} : { core: block.core }),
  };
}

function setsOfBlocks(kind: GroupKind, blocks: readonly CpuInfoBlock[]): ReadonlyMap<number, CpuSet> {
  const keyOf = (block: CpuInfoBlock): string | null => {
    if (kind === 'package') return block.package === null ? null : `${block.package}`;
    return kind === 'core' && block.core !== null ? `${block.package}/${block.core}` : null;
  };
  const members = new Map<string, number[]>();
  for (const block of blocks) {
    const key = keyOf(block);
    if (key !== null) members.set(key, [...(members.get(key) ?? []), block.cpu]);
  }
  const sets = new Map<number, CpuSet>();
  for (const cpus of members.values()) for (const cpu of cpus) sets.set(cpu, CpuSet.from(cpus));
  return sets;
}
