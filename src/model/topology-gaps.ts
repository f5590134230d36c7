/** What could not be read of a topology, folded: a value absent on every CPU is one gap, not one per CPU. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Missing } from '../base/missing.ts';
import type { NodeTopology } from './topology.ts';
import type { CpuReading, TopologyReadings } from './topology-readings.ts';

export interface TopologyGap {
  /** As in the JSON document: `cpus[].cluster`. */
  readonly field: string;
  /** The path; `*` stands for the numbers that differ. */
  readonly value: Missing;
  /** The CPUs concerned; empty where it is not about CPUs. */
  readonly cpus: CpuSet;
}

export function topologyGaps(
  readings: TopologyReadings,
  online: CpuSet,
  nodes: readonly NodeTopology[],
): readonly TopologyGap[] {
  const { states } = readings;
  const machine: readonly (readonly [string, unknown])[] = [
    ['possible', states.possible],
    ['present', states.present],
    ['isolated', states.isolated],
    ['nohzFull', states.nohz_full],
    ['allowed', readings.allowed],
    ['memory', readings.memory],
    ['model', readings.info],
    ...nodes.flatMap(({ node, cpus, memory, distances }): [string, unknown][] => [
      [`nodes[${node}].cpus`, cpus],
      [`nodes[${node}].memTotalBytes`, memory],
      [`nodes[${node}].distances`, distances],
    ]),
    ...(readings.nodes.length === 0 ? [['nodes', readings.nodesOnline] as const] : []),
  ];
  const cpus = readings.cpus.filter((reading) => online.has(reading.cpu));
  return [
    ...machine.flatMap(([field, value]) => (isMissing(value) ? [{ field, value, cpus: CpuSet.EMPTY }] : [])),
    ...perCpu(cpus),
  ];
}

/** Not the groups that only s390 has, and not both forms of one thing. */
function valuesOf(reading: CpuReading): readonly (readonly [string, unknown])[] {
  const { ids, siblings, frequency, caches } = reading;
  return [
    ['cpus[].core', ids.core],
    ['cpus[].die', ids.die],
    ['cpus[].cluster', ids.cluster],
    ['cpus[].package', ids.package],
    ['cpus[].coreCpus', siblings.core],
    ['cpus[].packageCpus', siblings.package],
    ['cpus[].dieCpus', siblings.die],
    ['cpus[].capacity', reading.capacity],
    ['cpus[].frequency.maxHz', frequency.maxHz],
    ['cpus[].frequency.governor', frequency.governor],
    ...caches.flatMap((cache): [string, unknown][] => [
      ['cpus[].caches[].level', cache.level],
      ['cpus[].caches[].type', cache.type],
      ['cpus[].caches[].id', cache.id],
      ['cpus[].caches[].sizeBytes', cache.sizeBytes],
      ['cpus[].caches[].lineBytes', cache.lineBytes],
      ['cpus[].caches[].cpus', cache.cpus],
    ]),
  ];
}

function perCpu(cpus: readonly CpuReading[]): TopologyGap[] {
  const folded = new Map<string, { field: string; value: Missing; ids: number[] }>();
  for (const reading of cpus) {
    for (const [field, value] of valuesOf(reading)) {
      if (!isMissing(value)) continue;
      const path = value.path.replace(/cpu\d+/, 'cpu*').replace(/index\d+/, 'index*');
      const key = `${field} ${value.missing} ${path}`;
      const known = folded.get(key);
      if (known === undefined) folded.set(key, { field, value: { ...value, path }, ids: [reading.cpu] });
      else if (known.ids.at(-1) !== reading.cpu) known.ids.push(reading.cpu);
    }
  }
  return [...folded.values()].map(({ field, value, ids }) => ({ field, value, cpus: CpuSet.from(ids) }));
}
