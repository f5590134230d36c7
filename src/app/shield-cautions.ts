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
    ...systemd(situation, way, processes),
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
function systemd(
  { rest }: ShieldSituation,
  way: Way,
  processes: readonly LiveProcess[],
): readonly Sentence[] {
  const manages = processes.some((process) => process.tgid === 1 && process.comm === 'systemd');
  if (!manages || way.name === 'affinity') return [];
  const list = rest.toKernelList();
  return [
    {
      en: `systemd owns these cgroups and may write them again when units change; through systemd itself: systemctl set-property --runtime system.slice AllowedCPUs=${list}`,
      ko: `systemd가 이 cgroup을 관리하므로 유닛이 바뀔 때 다시 쓸 수 있습니다. systemd로 하려면: systemctl set-property --runtime system.slice AllowedCPUs=${list}`,
    },
  ];
}
