/** Reads what the topology is built from. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { pathOf } from '../host/reader.ts';
import {
  cacheIndexes,
  cacheNumber,
  cacheSharedList,
  cacheSharedMask,
  cacheSize,
  cacheType,
} from '../kernel/cpu/cache.ts';
import { cpusOfCounterUnit } from '../kernel/cpu/core-types.ts';
import { type CpuFolder, cpuCapacity, cpuFolder, cpuOnline, sparcCacheBytes } from '../kernel/cpu/folder.ts';
import { cpuFrequency, cpuGovernor } from '../kernel/cpu/frequency.ts';
import { cpuFolders, cpusInState } from '../kernel/cpu/lists.ts';
import { siblingList, siblingMask, topologyFolder, topologyId } from '../kernel/cpu/topology.ts';
import { accessFigure, accessInitiators } from '../kernel/node/access.ts';
import { memoryTierNodes, memoryTiers, nodeFolders, nodesInState } from '../kernel/node/lists.ts';
import { nodeCpuMask, nodeCpus, nodeDistances, nodeMemory } from '../kernel/node/node.ts';
import { ownAllowed } from '../kernel/proc/allowed.ts';
import { cpuInfo } from '../kernel/proc/cpuinfo.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import { buildTopology, type Topology } from '../model/topology.ts';
import type {
  AccessReading,
  CacheReading,
  CpuReading,
  GroupKind,
  NodeReading,
  TopologyReadings,
} from '../model/topology-readings.ts';
import { readDeviceTreeCaches } from './read-device-tree.ts';

export function readTopology(host: Host): Topology {
  return buildTopology(readTopologyTexts(host));
}

export function readTopologyTexts(host: Host): TopologyReadings {
  const folders = host.read(cpuFolders);
  const nodes = orNull(host.read(nodeFolders)) ?? [];
  const state = (name: keyof TopologyReadings['states']) => host.read(cpusInState, { state: name });
  const unit = (name: string) => host.read(cpusOfCounterUnit, { unit: name });
  return {
    states: {
      possible: state('possible'),
      present: state('present'),
      online: state('online'),
      offline: state('offline'),
      isolated: state('isolated'),
      nohz_full: state('nohz_full'),
    },
    folders,
    cpus: withCaches(
      host,
      (orNull(folders) ?? []).map((cpu) => readCpu(host, cpu)),
    ),
    nodesOnline: host.read(nodesInState, { state: 'online' }),
    nodes: nodes.map((node) => readNode(host, node)),
    memoryTiers: (orNull(host.read(memoryTiers)) ?? []).map((tier) => ({
      tier,
      nodes: host.read(memoryTierNodes, { tier }),
    })),
    counterUnits: {
      cpu_core: unit('cpu_core'),
      cpu_atom: unit('cpu_atom'),
      cpu_lowpower: unit('cpu_lowpower'),
    },
    info: host.read(cpuInfo),
    memory: host.read(machineMemory),
    allowed: host.read(ownAllowed),
  };
}

function readCpu(host: Host, cpu: number): CpuReading {
  const folder = orNull(host.read(cpuFolder, { cpu }));
  const has = (name: string) => folder === null || folder.names.has(name);
  const frequency = (name: string) =>
    has('cpufreq')
      ? host.read(cpuFrequency, { cpu, frequency: name })
      : missing('absent', pathOf(cpuFrequency, { cpu, frequency: name }));
  return {
    cpu,
    online: has('online') ? host.read(cpuOnline, { cpu }) : missing('absent', pathOf(cpuOnline, { cpu })),
    nodes: folder?.nodes ?? [],
    ...readGroups(host, cpu, has('topology')),
    caches: readCaches(host, cpu, folder),
    capacity: has('cpu_capacity')
      ? host.read(cpuCapacity, { cpu })
      : missing('absent', pathOf(cpuCapacity, { cpu })),
    frequency: {
      baseHz: frequency('base_frequency'),
      minHz: frequency('cpuinfo_min_freq'),
      maxHz: frequency('cpuinfo_max_freq'),
      currentHz: frequency('scaling_cur_freq'),
      governor: has('cpufreq')
        ? host.read(cpuGovernor, { cpu })
        : missing('absent', pathOf(cpuGovernor, { cpu })),
    },
  };
}

/** The file names of a group: its id, and its set of CPUs, the present name first. */
const GROUP_FILES: Readonly<Record<GroupKind, { id: string; sets: readonly string[] }>> = {
  core: { id: 'core', sets: ['core_cpus', 'thread_siblings'] },
  cluster: { id: 'cluster', sets: ['cluster_cpus'] },
  die: { id: 'die', sets: ['die_cpus'] },
  package: { id: 'physical_package', sets: ['package_cpus', 'core_siblings'] },
  book: { id: 'book', sets: ['book_siblings'] },
  drawer: { id: 'drawer', sets: ['drawer_siblings'] },
};

function readGroups(
  host: Host,
  cpu: number,
  hasTopology: boolean,
): Pick<CpuReading, 'hasTopology' | 'ids' | 'siblings'> {
  const names = hasTopology
    ? host.read(topologyFolder, { cpu })
    : missing('absent', pathOf(topologyFolder, { cpu }));
  const has = (name: string) => !isMissing(names) && names.has(name);
  const id = (kind: GroupKind) => {
    const at = { cpu, group: GROUP_FILES[kind].id };
    return has(`${at.group}_id`) ? host.read(topologyId, at) : missing('absent', pathOf(topologyId, at));
  };
  const set = (kind: GroupKind) => readSet(host, cpu, GROUP_FILES[kind].sets, has);
  const each = <T>(f: (kind: GroupKind) => T): Record<GroupKind, T> => ({
    core: f('core'),
    cluster: f('cluster'),
    die: f('die'),
    package: f('package'),
    book: f('book'),
    drawer: f('drawer'),
  });
  return { hasTopology: !isMissing(names), ids: each(id), siblings: each(set) };
}

/**
 * The first of the names that can be read. The mask comes first: it is what every kernel has and what lscpu and lstopo
 * read, so copies of machines are most careful with it.
 */
function readSet(
  host: Host,
  cpu: number,
  groups: readonly string[],
  has: (name: string) => boolean,
): Maybe<CpuSet> {
  let value: Maybe<CpuSet> = missing('absent', pathOf(siblingMask, { cpu, group: groups[0] ?? '' }));
  for (const group of groups) {
    if (has(group)) value = host.read(siblingMask, { cpu, group });
    if (isMissing(value) && has(`${group}_list`)) value = host.read(siblingList, { cpu, group });
    if (!isMissing(value)) return value;
  }
  return value;
}

function readCaches(host: Host, cpu: number, folder: CpuFolder | null): CacheReading[] {
  if (folder?.names.has('cache') === false) return readSparcCaches(host, cpu, folder);
  return (orNull(host.read(cacheIndexes, { cpu })) ?? []).map((index) => {
    const at = { cpu, index };
    const mask = host.read(cacheSharedMask, at);
    return {
      level: host.read(cacheNumber, { ...at, number: 'level' }),
      type: host.read(cacheType, at),
      id: host.read(cacheNumber, { ...at, number: 'id' }),
      sizeBytes: host.read(cacheSize, at),
      lineBytes: host.read(cacheNumber, { ...at, number: 'coherency_line_size' }),
      cpus: isMissing(mask) ? host.read(cacheSharedList, at) : mask,
    };
  });
}

/** Where no CPU has caches in /sys, the device tree may tell them. */
function withCaches(host: Host, cpus: readonly CpuReading[]): readonly CpuReading[] {
  if (cpus.some(({ caches }) => caches.length > 0)) return cpus;
  const told = readDeviceTreeCaches(host);
  return cpus.map((reading) => ({ ...reading, caches: told.get(reading.cpu) ?? [] }));
}

/** The kernel does not tell who shares them; the CPU itself is what is certain. */
function readSparcCaches(host: Host, cpu: number, folder: CpuFolder): CacheReading[] {
  const kinds = [
    { name: 'l1_icache', level: 1, type: 'Instruction' },
    { name: 'l1_dcache', level: 1, type: 'Data' },
    { name: 'l2_cache', level: 2, type: 'Unified' },
  ] as const;
  return kinds
    .filter(({ name }) => folder.names.has(`${name}_size`))
    .map(({ name, level, type }) => ({
      level,
      type,
      id: missing('absent', pathOf(sparcCacheBytes, { cpu, cache: name })),
      sizeBytes: host.read(sparcCacheBytes, { cpu, cache: name }),
      lineBytes: host.read(sparcCacheBytes, { cpu, cache: `${name}_line` }),
      cpus: missing(
        'absent',
        pathOf(sparcCacheBytes, { cpu, cache: name }),
        'SPARC does not tell who shares it',
      ),
    }));
}

function readNode(host: Host, node: number): NodeReading {
  const mask = host.read(nodeCpuMask, { node });
  return {
    node,
    cpus: isMissing(mask) ? host.read(nodeCpus, { node }) : mask,
    memory: host.read(nodeMemory, { node }),
    distances: host.read(nodeDistances, { node }),
    access: [0, 1].flatMap((access) => readAccess(host, node, access)),
  };
}

function readAccess(host: Host, node: number, access: number): AccessReading[] {
  const initiators = host.read(accessInitiators, { node, access });
  if (isMissing(initiators)) return [];
  const figure = (name: string) => host.read(accessFigure, { node, access, figure: name });
  return [
    {
      accessClass: access,
      initiators: CpuSet.from(initiators),
      readLatencyNs: figure('read_latency'),
      writeLatencyNs: figure('write_latency'),
      readMbPerSec: figure('read_bandwidth'),
      writeMbPerSec: figure('write_bandwidth'),
    },
  ];
}
