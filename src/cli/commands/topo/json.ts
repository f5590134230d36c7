/** `keel topo --json`. */

import { CpuSet } from '../../../base/cpu-set.ts';
import { hintFor, isMissing, type Maybe, orNull } from '../../../base/missing.ts';
import { CORE_TYPES } from '../../../model/core-types.ts';
import type { CpuTopology, NodeTopology, Topology } from '../../../model/topology.ts';
import type { TopologyGap } from '../../../model/topology-gaps.ts';
import type { Json } from '../../command.ts';

const list = (set: Maybe<CpuSet> | null): string | null =>
  set === null || isMissing(set) ? null : set.toString();

export function topologyJson(
  topology: Topology,
  interrupted: Maybe<CpuSet>,
): { schema: string; [key: string]: Json } {
  return {
    schema: 'keel.topo/1',
    model: topology.model,
    possible: list(topology.possible),
    present: list(topology.present),
    online: list(topology.online),
    offline: list(topology.offline),
    isolated: list(topology.isolated),
    nohzFull: list(topology.nohzFull),
    allowed: list(topology.allowed),
    interrupted: list(interrupted),
    coreTypes: coreTypesJson(topology),
    cpus: topology.cpus.map(cpuJson),
    llcs: topology.llcs.map(({ index, cpus, cache }) => ({
      llc: index,
      level: cache.level,
      id: cache.id,
      sizeBytes: cache.sizeBytes,
      cpus: cpus.toString(),
    })),
    nodes: topology.nodes.map(nodeJson),
    memTotalBytes: orNull(topology.memory)?.totalBytes ?? null,
    memFreeBytes: orNull(topology.memory)?.freeBytes ?? null,
    contradictions: topology.contradictions.map(({ what, cpus }) => ({
      what: what.en,
      cpus: cpus.toString(),
    })),
    gaps: [
      ...topology.gaps,
      ...(isMissing(interrupted) ? [{ field: 'interrupted', value: interrupted, cpus: CpuSet.EMPTY }] : []),
    ].map(gapJson),
  };
}

function coreTypesJson({ cpus, coreTypeSource }: Topology): Json {
  if (coreTypeSource === null) return null;
  const byType: Record<string, string> = {};
  for (const type of CORE_TYPES) {
    const members = cpus.filter(({ coreType }) => coreType === type).map(({ cpu }) => cpu);
    if (members.length > 0) byType[type] = CpuSet.from(members).toString();
  }
  return { toldBy: coreTypeSource, cpus: byType };
}

function cpuJson(one: CpuTopology): Json {
  const { ids, groups, frequency } = one;
  return {
    cpu: one.cpu,
    online: one.online,
    core: ids.core,
    die: ids.die,
    cluster: ids.cluster,
    package: ids.package,
    book: ids.book,
    drawer: ids.drawer,
    node: one.node,
    coreCpus: list(groups.core),
    clusterCpus: list(groups.cluster),
    dieCpus: list(groups.die),
    packageCpus: list(groups.package),
    bookCpus: list(groups.book),
    drawerCpus: list(groups.drawer),
    coreType: one.coreType,
    capacity: one.capacity,
    baseHz: frequency.baseHz,
    minHz: frequency.minHz,
    maxHz: frequency.maxHz,
    currentHz: frequency.currentHz,
    governor: frequency.governor,
    usable: one.unusableBecause === null,
    unusableBecause: one.unusableBecause,
    note: sharesCore(one),
    caches: one.caches.map((cache) => ({ ...cache, cpus: cache.cpus.toString() })),
  };
}

function sharesCore({ cpu, groups }: CpuTopology): string | null {
  const others = groups.core?.ids().filter((id) => id !== cpu) ?? [];
  return others.length === 0 ? null : `shares a core with ${CpuSet.from(others)}`;
}

function nodeJson(node: NodeTopology): Json {
  const memory = orNull(node.memory);
  const distances = orNull(node.distances);
  return {
    node: node.node,
    cpus: list(node.cpus),
    memTotalBytes: memory?.totalBytes ?? null,
    memFreeBytes: memory?.freeBytes ?? null,
    distances: distances === null ? null : Object.fromEntries(distances),
    memoryTier: node.memoryTier,
    access: node.access.map((access) => ({
      accessClass: access.accessClass,
      initiators: access.initiators.toString(),
      readLatencyNs: orNull(access.readLatencyNs),
      writeLatencyNs: orNull(access.writeLatencyNs),
      readMbPerSec: orNull(access.readMbPerSec),
      writeMbPerSec: orNull(access.writeMbPerSec),
    })),
  };
}

function gapJson({ field, value, cpus }: TopologyGap): Json {
  const hint = hintFor(value.missing).en;
  const detail = [value.detail, cpus.isEmpty ? undefined : `CPUs ${cpus}`].filter(
    (part) => part !== undefined,
  );
  return {
    field,
    path: value.path,
    reason: value.missing,
    hint: detail.length === 0 ? hint : `${hint} (${detail.join('; ')})`,
  };
}
