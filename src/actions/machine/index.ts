/** The registry of the kinds of change to the machine. One line per kind; `index.test.ts` compares it with the folder. */
import { cgroup } from './cgroup.ts';
import { cpuQuota } from './cpu-quota.ts';
import { cpusetController } from './cpuset-controller.ts';
import { cpusetCpus } from './cpuset-cpus.ts';
import { cpusetNodes } from './cpuset-nodes.ts';
import { cpusetPartition } from './cpuset-partition.ts';
import { groupMemoryHigh } from './group-memory-high.ts';
import { groupMemoryMax } from './group-memory-max.ts';
import { groupWeight } from './group-weight.ts';
import { hugePageDefrag } from './huge-page-defrag.ts';
import { hugePages } from './huge-pages.ts';
import { irqAffinity } from './irq-affinity.ts';
import { irqDefault } from './irq-default.ts';
import { keptFiles } from './kept-files.ts';
import { legacyMemoryMax } from './legacy-memory-max.ts';
import { legacySwappiness } from './legacy-swappiness.ts';
import { lockLimit } from './lock-limit.ts';
import { membership } from './membership.ts';
import { memoryLock } from './memory-lock.ts';
import { memoryLow } from './memory-low.ts';
import { memoryMin } from './memory-min.ts';
import { packetSteering } from './packet-steering.ts';
import { population } from './population.ts';
import { sessionNice } from './session-nice.ts';
import type { MachineSetting, MachineSettingName } from './setting.ts';
import { swappiness } from './swappiness.ts';
import { unitCpus } from './unit-cpus.ts';
import { workqueueCpus } from './workqueue-cpus.ts';

export const MACHINE_SETTINGS: readonly MachineSetting[] = [
  irqAffinity,
  irqDefault,
  workqueueCpus,
  packetSteering,
  cpusetController,
  cgroup,
  cpusetCpus,
  unitCpus,
  cpusetNodes,
  cpusetPartition,
  membership,
  population,
  memoryMin,
  memoryLow,
  lockLimit,
  memoryLock,
  keptFiles,
  cpuQuota,
  groupWeight,
  sessionNice,
  hugePages,
  hugePageDefrag,
  swappiness,
  legacySwappiness,
  groupMemoryMax,
  groupMemoryHigh,
  legacyMemoryMax,
];

export function machineSettingNamed(name: MachineSettingName): MachineSetting {
  const found = MACHINE_SETTINGS.find((setting) => setting.name === name);
  if (found === undefined) throw new RangeError(`no machine setting is called ${name}`);
  return found;
}
