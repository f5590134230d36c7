/** Where the kernel's texts contradict each other: false topologies of firmware and of virtual machines. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, orNull } from '../base/missing.ts';
import { GIB } from '../base/units.ts';
import { nodesListing } from './numa-nodes.ts';
import type { Contradiction, CpuTopology, NodeTopology } from './topology.ts';
import { GROUP_KINDS, type TopologyReadings } from './topology-readings.ts';

export function findContradictions(
  readings: TopologyReadings,
  online: CpuSet,
  cpus: readonly CpuTopology[],
  nodes: readonly NodeTopology[],
): readonly Contradiction[] {
  return [
    ...siblingsDisagree(readings, online),
    ...severalPackageIds(cpus),
    ...crossesPackages(cpus),
    ...severalNodes(readings, online, nodes),
    ...memoryDisagrees(readings),
  ];
}

/** A list of siblings must hold its own CPU, and be the same for all it names. */
function siblingsDisagree(readings: TopologyReadings, online: CpuSet): Contradiction[] {
  return GROUP_KINDS.flatMap((kind) => {
    const sets = new Map(
      readings.cpus.flatMap(({ cpu, siblings }): [number, CpuSet][] => {
        const set = orNull(siblings[kind]);
        return set === null || set.isEmpty || !online.has(cpu) ? [] : [[cpu, set.intersect(online)]];
      }),
    );
    const odd = [...sets].filter(
      ([cpu, set]) => !set.has(cpu) || set.ids().some((id) => sets.get(id)?.equals(set) === false),
    );
    if (odd.length === 0) return [];
    const all = CpuSet.from(odd.map(([cpu]) => cpu));
    return [
      {
        what: {
          en: `the ${kind} lists of CPUs ${all} disagree with each other`,
          ko: `CPU ${all}의 ${kind} 목록이 서로 맞지 않습니다`,
        },
        cpus: all,
      },
    ];
  });
}

function severalPackageIds(cpus: readonly CpuTopology[]): Contradiction[] {
  const ids = new Map<CpuSet, Set<number>>();
  for (const cpu of cpus) {
    const group = cpu.groups.package;
    if (group !== null && cpu.ids.package !== null)
      ids.set(group, (ids.get(group) ?? new Set()).add(cpu.ids.package));
  }
  return [...ids]
    .filter(([, numbers]) => numbers.size > 1)
    .map(([group, numbers]) => ({
      what: {
        en: `CPUs ${group} are one package by their lists, but carry the package ids ${[...numbers].join(', ')}`,
        ko: `CPU ${group}은(는) 목록으로는 한 패키지인데 패키지 번호가 ${[...numbers].join(', ')}로 다릅니다`,
      },
      cpus: group,
    }));
}

function crossesPackages(cpus: readonly CpuTopology[]): Contradiction[] {
  const found = new Map<string, Contradiction>();
  for (const cpu of cpus) {
    const group = cpu.groups.package;
    if (group === null) continue;
    const shared = [
      ...(cpu.groups.core === null ? [] : [{ name: { en: 'core', ko: '코어' }, set: cpu.groups.core }]),
      ...cpu.caches.map((cache) => ({
        name: { en: `L${cache.level} cache`, ko: `L${cache.level} 캐시` },
        set: cache.cpus,
      })),
    ];
    for (const { name, set } of shared) {
      if (set.isSubsetOf(group)) continue;
      found.set(`${name.en} ${set}`, {
        what: {
          en: `CPUs ${set} share one ${name.en} but lie in several packages`,
          ko: `CPU ${set}은(는) ${name.ko} 하나를 공유하는데 여러 패키지에 나뉘어 있습니다`,
        },
        cpus: set,
      });
    }
  }
  return [...found.values()];
}

function severalNodes(
  readings: TopologyReadings,
  online: CpuSet,
  nodes: readonly NodeTopology[],
): Contradiction[] {
  const links = new Map(readings.cpus.map(({ cpu, nodes: linked }) => [cpu, linked]));
  const claims = new Map<string, number[]>();
  for (const cpu of online) {
    const named = [...new Set([...nodesListing(cpu, nodes), ...(links.get(cpu) ?? [])])].sort(
      (a, b) => a - b,
    );
    if (named.length > 1) claims.set(named.join(','), [...(claims.get(named.join(',')) ?? []), cpu]);
  }
  return [...claims].map(([named, ids]) => {
    const cpus = CpuSet.from(ids);
    return {
      what: {
        en: `nodes ${named} all claim CPUs ${cpus}; the first is shown`,
        ko: `노드 ${named}이(가) 모두 CPU ${cpus}을(를) 자기 것이라 합니다. 첫 노드로 표시합니다`,
      },
      cpus,
    };
  });
}

/** Old kernels count reserved pages in the nodes only: 1 to 5 % apart is usual. */
const MEMORY_TOLERANCE_RATIO = 0.1;

function memoryDisagrees(readings: TopologyReadings): Contradiction[] {
  const machine = orNull(readings.memory)?.totalBytes ?? null;
  const perNode = readings.nodes.map(({ memory }) => (isMissing(memory) ? null : memory.totalBytes));
  if (machine === null || perNode.length === 0 || perNode.some((bytes) => bytes === null)) return [];
  const sum = perNode.reduce<number>((total, bytes) => total + (bytes ?? 0), 0);
  if (Math.abs(sum - machine) <= machine * MEMORY_TOLERANCE_RATIO) return [];
  const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
  return [
    {
      what: {
        en: `the nodes hold ${gib(sum)} in all, the machine says ${gib(machine)}`,
        ko: `노드 메모리의 합은 ${gib(sum)}인데 컴퓨터 전체는 ${gib(machine)}라고 합니다`,
      },
      cpus: CpuSet.EMPTY,
    },
  ];
}
