/** What to know before pinning to these CPUs; none of it stops the change. */
import type { ProcessId } from '../actions/controls.ts';
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing, orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { tightestQuota } from '../model/cgroup.ts';
import type { Topology } from '../model/topology.ts';
import { readInterruptedCpus } from './interrupted-cpus.ts';
import { openCgroups } from './read-cgroup.ts';
import { readTopology } from './read-topology.ts';

export interface Caution {
  readonly code: 'one-core' | 'interrupts' | 'quota' | 'pages-by-node';
  readonly text: Sentence;
}

export function cautionsFor(host: Host, cpus: CpuSet, targets: readonly ProcessId[]): readonly Caution[] {
  const topology = readTopology(host);
  return [
    ...oneCore(topology, cpus),
    ...interrupted(host, topology, cpus),
    ...targets.flatMap((target) => quota(host, cpus, target)),
  ];
}

/** Two CPUs that are one core do not do the work of two. */
function oneCore(topology: Topology, cpus: CpuSet): readonly Caution[] {
  if (cpus.size < 2) return [];
  const core = topology.groups.core.find((group) => cpus.isSubsetOf(group.cpus));
  if (core === undefined) return [];
  return [
    {
      code: 'one-core',
      text: {
        en: `${cpus} are SMT siblings of one core; for whole cores take one CPU of each: smt:0`,
        ko: `${cpus}은(는) 한 코어의 SMT 형제입니다. 코어마다 하나씩 쓰려면 smt:0을 지정하세요`,
      },
    },
  ];
}

/** On a machine where every CPU handles interrupts there is no better choice. */
function interrupted(host: Host, { online }: Topology, cpus: CpuSet): readonly Caution[] {
  const handling = orNull(readInterruptedCpus(host));
  if (handling === null || online.isSubsetOf(handling) || !cpus.overlaps(handling)) return [];
  return [
    {
      code: 'interrupts',
      text: {
        en: `device interrupts are handled on ${cpus.intersect(handling)}; without them: irqfree`,
        ko: `${cpus.intersect(handling)}에서 장치 인터럽트를 처리합니다. 피하려면 irqfree를 지정하세요`,
      },
    },
  ];
}

function quota(host: Host, cpus: CpuSet, { tgid }: ProcessId): readonly Caution[] {
  const cgroup = openCgroups(host).of(tgid);
  if (isMissing(cgroup) || isMissing(cgroup.quotas)) return [];
  const tightest = tightestQuota(cgroup.quotas);
  if (tightest === null || tightest.cpus >= cpus.size) return [];
  const share = Number(tightest.cpus.toFixed(2));
  return [
    {
      code: 'quota',
      text: {
        en: `process ${tgid} has a CPU quota of ${share} CPUs (${tightest.cgroup}); pinning does not lift it`,
        ko: `프로세스 ${tgid}에는 CPU ${share}개의 할당량이 있습니다 (${tightest.cgroup}). 고정해도 그대로입니다`,
      },
    },
  ];
}
