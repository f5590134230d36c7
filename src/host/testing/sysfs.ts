/** Machines for tests in a few lines: the files of /sys that a list of cores and nodes would have. */
import { CpuSet } from '../../base/cpu-set.ts';
import { NO_FACTS } from '../facts.ts';
import { Host } from '../host.ts';
import { MemorySource } from '../memory.ts';

export interface FakeMachine {
  /** The CPUs of each core, as cpulists. */
  readonly cores: readonly string[];
  /** The CPUs of each package; by default one package of all. */
  readonly packages?: readonly string[];
  /** The CPUs of each last-level cache (L3, 8 MiB). */
  readonly llcs?: readonly string[];
  /** The CPUs of each node by its number; '' for memory only. */
  readonly nodes?: Readonly<Record<number, string>>;
  readonly offline?: string;
  /** Any other file, or a different text for one of these; null takes it away. */
  readonly files?: Readonly<Record<string, string | null>>;
}

const SYS_CPU = '/sys/devices/system/cpu';

export function fakeFiles(machine: FakeMachine): Record<string, string> {
  const online = CpuSet.parseList(machine.cores.join(','));
  const all = online.union(CpuSet.parseList(machine.offline ?? ''));
  const files: Record<string, string> = {
    [`${SYS_CPU}/possible`]: `${all}\n`,
    [`${SYS_CPU}/present`]: `${all}\n`,
    [`${SYS_CPU}/online`]: `${online}\n`,
    [`${SYS_CPU}/offline`]: `${machine.offline ?? ''}\n`,
    [`${SYS_CPU}/isolated`]: '\n',
    '/proc/self/status': `Name:\tkeel\nCpus_allowed_list:\t${all.toKernelList()}\n`,
  };
  for (const cpu of CpuSet.parseList(machine.offline ?? '')) files[`${SYS_CPU}/cpu${cpu}/online`] = '0\n';
  addGroups(files, 'core_cpus', 'core_id', machine.cores);
  addGroups(files, 'package_cpus', 'physical_package_id', machine.packages ?? [online.toString()]);
  for (const list of machine.llcs ?? []) addCache(files, list);
  for (const [node, list] of Object.entries(machine.nodes ?? {})) {
    files[`/sys/devices/system/node/node${node}/cpumap`] = `${CpuSet.parseList(list).toMask()}\n`;
  }
  for (const [path, text] of Object.entries(machine.files ?? {})) {
    if (text === null) delete files[path];
    else files[path] = text;
  }
  return files;
}

export function fakeHost(machine: FakeMachine): Host {
  return new Host('captured', NO_FACTS, MemorySource.ofFiles(fakeFiles(machine)));
}

function addGroups(files: Record<string, string>, name: string, id: string, lists: readonly string[]): void {
  lists.forEach((list, index) => {
    for (const cpu of CpuSet.parseList(list)) {
      files[`${SYS_CPU}/cpu${cpu}/topology/${name}`] = `${CpuSet.parseList(list).toMask()}\n`;
      files[`${SYS_CPU}/cpu${cpu}/topology/${id}`] = `${index}\n`;
    }
  });
}

function addCache(files: Record<string, string>, list: string): void {
  for (const cpu of CpuSet.parseList(list)) {
    const folder = `${SYS_CPU}/cpu${cpu}/cache/index3`;
    files[`${folder}/level`] = '3\n';
    files[`${folder}/type`] = 'Unified\n';
    files[`${folder}/size`] = '8192K\n';
    files[`${folder}/shared_cpu_map`] = `${CpuSet.parseList(list).toMask()}\n`;
  }
}
