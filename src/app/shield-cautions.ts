/** What to know before CPUs are shielded; none of it stops the change. */
import type { LiveProcess } from '../actions/machine-controls.ts';
import type { ShieldSituation } from '../actions/shield/situation.ts';
import type { Way } from '../actions/shield/way.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Topology } from '../model/topology.ts';

export function shieldCautions(
  situation: ShieldSituation,
  way: Way,
  topology: Topology,
  processes: readonly LiveProcess[],
): readonly Sentence[] {
  return [
    ...way.cautions(situation),
    ...sharedCores(situation, topology),
    ...irqbalance(situation, processes),
    ...systemd(situation, way),
  ];
}

/** A core's siblings share its execution units, whoever runs there. */
function sharedCores({ cpus, rest }: ShieldSituation, topology: Topology): readonly Sentence[] {
  const siblings = topology.groups.core
    .filter((core) => core.cpus.overlaps(cpus))
    .reduce((sum, core) => sum.union(core.cpus), cpus)
    .intersect(rest);
  if (siblings.isEmpty) return [];
  const whole = cpus.union(siblings);
  return [
    {
      en: `${siblings} share cores with ${cpus} and stay open to everyone; for whole cores: ${whole}`,
      ko: `${siblings}은(는) ${cpus}와 코어를 공유하며 모두에게 열려 있습니다. 코어 전체: ${whole}`,
    },
  ];
}

function irqbalance({ cpus }: ShieldSituation, processes: readonly LiveProcess[]): readonly Sentence[] {
  const found = processes.find((process) => process.comm === 'irqbalance');
  if (found === undefined) return [];
  return [
    {
      en: `irqbalance (${found.tgid}) runs and may bring interrupts back; keep it off with IRQBALANCE_BANNED_CPULIST=${cpus.toKernelList()}`,
      ko: `irqbalance(${found.tgid})가 인터럽트를 되돌려 놓을 수 있습니다. IRQBALANCE_BANNED_CPULIST=${cpus.toKernelList()}로 막을 수 있습니다`,
    },
  ];
}

/** systemd writes the files of its cgroups when it starts or changes units. */
function systemd({ manager }: ShieldSituation, way: Way): readonly Sentence[] {
  if (manager === null || way.name !== 'cpuset') return [];
  return [
    {
      en: 'systemd owns these cgroups: with its next daemon-reload it takes the cpuset controller from them',
      ko: 'systemd가 이 cgroup을 관리하므로 다음 daemon-reload 때 cpuset 컨트롤러를 빼앗습니다',
    },
  ];
}
