/**
 * The topology of a machine: CPUs, what they share, nodes, memory. Built from readings, pure.
 *
 * Groups are identified by the CPUs that share them, never by ids: core ids repeat per package and per die, s390 has
 * none, and -1 is an id too. What contradicts itself is told, not repaired in silence.
 */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { CacheType } from '../kernel/cpu/cache.ts';
import type { NodeMemory } from '../kernel/node/node.ts';
import type { MachineMemory } from '../kernel/proc/meminfo.ts';
import { findContradictions } from './contradictions.ts';
import { type CoreType, type CoreTypeSource, coreTypesOf } from './core-types.ts';
import { buildCaches } from './cpu-caches.ts';
import { buildGroups, type CpuGroup } from './cpu-groups.ts';
import { buildNodes, nodeOfCpu } from './numa-nodes.ts';
import { type TopologyGap, topologyGaps } from './topology-gaps.ts';
import {
  type AccessReading,
  type CpuReading,
  GROUP_KINDS,
  type GroupKind,
  type TopologyReadings,
} from './topology-readings.ts';

export type Unusable = 'offline' | 'isolated' | 'not-allowed';

export interface CacheInfo {
  readonly level: number;
  readonly type: CacheType;
  /** The kernel's; null before Linux 4.11. */
  readonly id: number | null;
  readonly sizeBytes: number | null;
  readonly lineBytes: number | null;
  /** Online CPUs that share it. */
  readonly cpus: CpuSet;
}

export interface CpuTopology {
  readonly cpu: number;
  readonly online: boolean;
  /** The kernel's numbers, which may repeat; null where there is none. */
  readonly ids: Readonly<Record<GroupKind, number | null>>;
  /** The online CPUs that share each group with this one; null where the kernel does not tell. */
  readonly groups: Readonly<Record<GroupKind, CpuSet | null>>;
  readonly node: number | null;
  readonly caches: readonly CacheInfo[];
  readonly coreType: CoreType | null;
  readonly capacity: number | null;
  readonly frequency: {
    readonly baseHz: number | null;
    readonly minHz: number | null;
    readonly maxHz: number | null;
    readonly currentHz: number | null;
    readonly governor: string | null;
  };
  readonly unusableBecause: Unusable | null;
}

export interface NodeTopology {
  readonly node: number;
  /** As the node lists them; empty where it has memory only. */
  readonly cpus: Maybe<CpuSet>;
  readonly memory: Maybe<NodeMemory>;
  /** To each online node, 10 is local; missing where the columns do not fit the nodes. */
  readonly distances: Maybe<ReadonlyMap<number, number>>;
  readonly access: readonly AccessReading[];
  /** A smaller tier is faster; null where the kernel has none. */
  readonly memoryTier: number | null;
}

export interface Contradiction {
  readonly what: Sentence;
  readonly cpus: CpuSet;
}

export interface Topology {
  readonly possible: Maybe<CpuSet>;
  readonly present: Maybe<CpuSet>;
  readonly online: CpuSet;
  readonly offline: CpuSet;
  readonly isolated: Maybe<CpuSet>;
  readonly nohzFull: Maybe<CpuSet>;
  /** Where the process that looked may run. */
  readonly allowed: Maybe<CpuSet>;
  readonly model: string | null;
  readonly cpus: readonly CpuTopology[];
  /** In the order of their lowest CPU; the index is what `core:3` and the like name. */
  readonly groups: Readonly<Record<GroupKind, readonly CpuGroup[]>>;
  /** Groups of CPUs behind one last-level cache. */
  readonly llcs: readonly LlcGroup[];
  readonly nodes: readonly NodeTopology[];
  readonly memory: Maybe<MachineMemory>;
  /** What told core types apart; null where all cores are alike. */
  readonly coreTypeSource: CoreTypeSource | null;
  readonly contradictions: readonly Contradiction[];
  readonly gaps: readonly TopologyGap[];
}

export interface LlcGroup extends CpuGroup {
  readonly cache: CacheInfo;
}

export function buildTopology(readings: TopologyReadings): Topology {
  const ids = cpuNumbers(readings);
  const online = onlineCpus(readings, ids);
  const byCpu = new Map(readings.cpus.map((reading) => [reading.cpu, reading]));
  const groups = buildGroups(readings, online);
  const nodes = buildNodes(readings);
  const caches = buildCaches(readings.cpus, online, groups.core);
  const types = coreTypesOf(readings, online);
  const allowed = allowedCpus(readings);
  const isolated = orNull(readings.states.isolated) ?? CpuSet.EMPTY;
  const cpus = ids.map((cpu): CpuTopology => {
    const reading = byCpu.get(cpu);
    return {
      cpu,
      online: online.has(cpu),
      ids: idsOf(reading, groups.fallbackIds.get(cpu)),
      groups: mapKinds((kind) => groups.byCpu[kind].get(cpu) ?? null),
      node: nodeOfCpu(cpu, reading, nodes),
      caches: caches.get(cpu) ?? [],
      coreType: types.byCpu.get(cpu) ?? null,
      capacity: reading === undefined ? null : orNull(reading.capacity),
      frequency: frequencyOf(reading),
      unusableBecause: unusable(cpu, online, isolated, orNull(allowed)),
    };
  });
  return {
    possible: readings.states.possible,
    present: readings.states.present,
    online,
    offline: CpuSet.from(ids).minus(online),
    isolated: readings.states.isolated,
    nohzFull: readings.states.nohz_full,
    allowed,
    model: modelOf(readings),
    cpus,
    groups: groups.lists,
    llcs: llcGroups(cpus),
    nodes,
    memory: readings.memory,
    coreTypeSource: types.source,
    contradictions: findContradictions(readings, online, cpus, nodes),
    gaps: topologyGaps(readings, online, nodes),
  };
}

/** Every CPU that any list or folder names as present. */
function cpuNumbers(readings: TopologyReadings): readonly number[] {
  const named = [
    ...(orNull(readings.folders) ?? []),
    ...(orNull(readings.states.online) ?? []),
    ...(orNull(readings.states.present) ?? []),
  ];
  const info = orNull(readings.info)?.blocks.map((block) => block.cpu) ?? [];
  return CpuSet.from((named.length > 0 ? named : info).filter((cpu) => cpu <= 65_535)).ids();
}

/**
 * Without the list of online CPUs (before Linux 2.6.26), a CPU is online unless its own file says otherwise or it
 * alone lacks a topology folder, which offline CPUs lose.
 */
function onlineCpus(readings: TopologyReadings, ids: readonly number[]): CpuSet {
  const listed = orNull(readings.states.online);
  if (listed !== null) return listed;
  const some = readings.cpus.some((reading) => reading.hasTopology);
  const off = readings.cpus.filter(
    (reading) => orNull(reading.online) === false || (some && !reading.hasTopology),
  );
  return CpuSet.from(ids).minus(CpuSet.from(off.map((reading) => reading.cpu)));
}

function allowedCpus(readings: TopologyReadings): Maybe<CpuSet> {
  const { allowed } = readings;
  if (isMissing(allowed)) return allowed;
  return allowed.cpus ?? { missing: 'absent', path: 'Cpus_allowed_list' };
}

function mapKinds<T>(f: (kind: GroupKind) => T): Record<GroupKind, T> {
  return Object.fromEntries(GROUP_KINDS.map((kind) => [kind, f(kind)])) as Record<GroupKind, T>;
}

/** 65535 is what some kernels write for a cluster id of -1. */
function idsOf(reading: CpuReading | undefined, fallback: Partial<Record<GroupKind, number>> | undefined) {
  return mapKinds((kind) => {
    const id = reading === undefined ? null : orNull(reading.ids[kind]);
    const known = id === null || id < 0 || (kind === 'cluster' && id === 65_535) ? null : id;
    return known ?? fallback?.[kind] ?? null;
  });
}

function frequencyOf(reading: CpuReading | undefined): CpuTopology['frequency'] {
  const value = <T>(pick: (frequency: CpuReading['frequency']) => Maybe<T>): T | null =>
    reading === undefined ? null : orNull(pick(reading.frequency));
  return {
    baseHz: value((frequency) => frequency.baseHz),
    minHz: value((frequency) => frequency.minHz),
    maxHz: value((frequency) => frequency.maxHz),
    currentHz: value((frequency) => frequency.currentHz),
    governor: value((frequency) => frequency.governor),
  };
}

function unusable(cpu: number, online: CpuSet, isolated: CpuSet, allowed: CpuSet | null): Unusable | null {
  if (!online.has(cpu)) return 'offline';
  if (isolated.has(cpu)) return 'isolated';
  return allowed !== null && !allowed.has(cpu) ? 'not-allowed' : null;
}

function modelOf(readings: TopologyReadings): string | null {
  const info = orNull(readings.info);
  return info === null ? null : (info.blocks.find((block) => block.model !== null)?.model ?? info.model);
}

/** The last-level cache of a CPU is its highest one that holds data; CPUs of one machine may differ in its level. */
export function lastLevelCache(cpu: CpuTopology): CacheInfo | null {
  const holding = cpu.caches.filter((cache) => cache.type !== 'Instruction');
  return holding.reduce<CacheInfo | null>(
    (best, cache) => (best === null || cache.level > best.level ? cache : best),
    null,
  );
}

function llcGroups(cpus: readonly CpuTopology[]): LlcGroup[] {
  const found = new Map<string, CacheInfo>();
  for (const cpu of cpus) {
    const cache = lastLevelCache(cpu);
    if (cache !== null && !found.has(cache.cpus.toString())) found.set(cache.cpus.toString(), cache);
  }
  return [...found.values()].map((cache, index) => ({ index, id: cache.id, cpus: cache.cpus, cache }));
}
