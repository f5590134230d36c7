/** The files, cgroups and memberships of the machine in memory. */
import { CpuSet } from '../../base/cpu-set.ts';
import type { ProcessId } from '../controls.ts';
import type { LiveProcess, MachineControls, MachineFile } from '../machine-controls.ts';
import { Refused } from '../refused.ts';
import { SimulatedMemory } from './simulated-memory.ts';
import type { SimulatedSystem } from './simulated-system.ts';
import { SimulatedUnits } from './simulated-units.ts';

interface Group {
  cpus: string;
  nodes: string;
  partition: string;
  controller: string;
}

const NOT_THERE = new Refused('gone', { en: 'not there', ko: '없습니다' });
const failed = (en: string) => new Refused('failed', { en, ko: en });

export class SimulatedFiles implements MachineControls {
  readonly all: CpuSet;
  readonly memory = new SimulatedMemory();
  readonly units: SimulatedUnits;
  readonly files = new Map<string, string>();
  /** Interrupts that their driver holds. */
  readonly managed = new Set<string>();
  readonly #system: SimulatedSystem;
  readonly #groups = new Map<string, Group>([
    ['/', { cpus: '', nodes: '', partition: 'root', controller: 'off' }],
  ]);

  constructor(system: SimulatedSystem) {
    this.#system = system;
    this.units = new SimulatedUnits(this);
    this.all = CpuSet.range(0, system.parts.cpus - 1);
    this.files.set('irqDefault ', this.all.toKernelList()).set('workqueueCpus ', this.all.toKernelList());
  }

  group(path: string, cpus = ''): void {
    this.#groups.set(path, { cpus, nodes: '0', partition: 'member', controller: 'off' });
  }

  state() {
    return {
      files: Object.fromEntries(this.files),
      groups: structuredClone(Object.fromEntries(this.#groups)),
      units: this.units.state(),
    };
  }

  effective(path: string): CpuSet {
    const own = this.#at(path);
    if (path === '/') return this.all.minus(this.#partitioned());
    if (own.partition !== 'member') return CpuSet.parseList(own.cpus);
    const above = this.effective(parentOf(path));
    const left = CpuSet.parseList(own.cpus).intersect(above);
    return left.isEmpty ? above : left;
  }

  #partitioned(): CpuSet {
    return [...this.#groups]
      .filter(([path, group]) => path !== '/' && group.partition !== 'member')
      .reduce((sum, [, group]) => sum.union(CpuSet.parseList(group.cpus)), CpuSet.EMPTY);
  }

  readFile(file: MachineFile, at: string): string {
    if (this.#isHidden(file, at)) throw NOT_THERE;
    switch (file) {
      case 'cpusetCpus':
        return this.#at(at).cpus;
      case 'cpusetNodes':
        return this.#at(at).nodes;
      case 'cpusetPartition':
        return this.#at(at).partition;
      case 'cpusetController':
        return this.#at(at).controller;
      default: {
        const value = this.files.get(`${file} ${at}`);
        if (value === undefined) throw NOT_THERE;
        return value;
      }
    }
  }

  writeFile(file: MachineFile, at: string, value: string): void {
    const before = new Map([...this.#groups.keys()].map((path) => [path, this.effective(path).toString()]));
    this.#system.onWrite();
    if (this.#isHidden(file, at)) throw NOT_THERE;
    const group = file.startsWith('cpuset') ? this.#at(at) : null;
    if (file === 'cpusetCpus' && group !== null) group.cpus = value;
    else if (file === 'cpusetNodes' && group !== null) group.nodes = value;
    else if (file === 'cpusetController' && group !== null) group.controller = value;
    else if (file === 'cpusetPartition' && group !== null) this.#setPartition(at, group, value);
    else this.#setFile(`${file} ${at}`, value);
    this.#system.confine(({ cgroup }) => before.get(cgroup) !== this.effective(cgroup).toString());
  }

  #setPartition(at: string, group: Group, value: string): void {
    const overlaps = [...this.#groups].some(
      ([path, other]) =>
        path !== at && path !== '/' && CpuSet.parseList(other.cpus).overlaps(CpuSet.parseList(group.cpus)),
    );
    if (value !== 'member' && overlaps) throw new Refused('invalid', { en: 'not exclusive', ko: '겹칩니다' });
    group.partition = value;
  }

  #setFile(key: string, value: string): void {
    if (!this.files.has(key)) throw NOT_THERE;
    if (this.managed.has(key))
      throw new Refused('denied', { en: 'set by its driver', ko: '드라이버가 정합니다' });
    this.files.set(key, value);
  }

  /** v2: the files of a controller that is not handed down are not there. */
  #isHidden(file: MachineFile, at: string): boolean {
    const belongs = file === 'cpusetCpus' || file === 'cpusetNodes' || file === 'cpusetPartition';
    return belongs && this.#system.parts.version === 2 && this.#at(parentOf(at)).controller === 'off';
  }

  processes(): readonly LiveProcess[] {
    return this.#system.processes.map(({ threads: _, ...rest }) => rest);
  }

  hasCgroup(path: string): boolean {
    return this.#groups.has(path);
  }

  makeCgroup(path: string): void {
    this.#system.onWrite();
    if (this.hasCgroup(path)) throw failed('it is there already');
    this.group(path);
    if (this.#system.parts.version === 1) this.#at(path).nodes = '';
  }

  removeCgroup(path: string): void {
    this.#system.onWrite();
    if (this.#threads().some((thread) => thread.cgroup === path)) throw failed('somebody is inside');
    this.#groups.delete(path);
  }

  cgroupsIn(path: string): readonly string[] {
    return [...this.#groups.keys()].filter((one) => one !== '/' && parentOf(one) === path);
  }

  cgroupOf(process: ProcessId): string {
    const main = this.#system.find(process)?.threads[0];
    if (main === undefined) throw NOT_THERE;
    return main.cgroup;
  }

  cpusetOf(process: ProcessId): CpuSet {
    return this.effective(this.cgroupOf(process));
  }

  moveProcess(process: ProcessId, path: string): void {
    this.#system.onWrite();
    for (const tid of this.#system.tids(process)) this.#put(tid, path);
  }

  processesIn(path: string): readonly number[] {
    return this.#system.processes
      .filter((process) => process.threads[0]?.cgroup === path)
      .map((process) => process.tgid);
  }

  threadsIn(path: string): readonly number[] {
    return this.#system.processes
      .filter((process) => !process.isKernelThread)
      .flatMap((process) => process.threads)
      .filter((thread) => thread.cgroup === path)
      .map((thread) => thread.tid);
  }

  moveThread(tid: number, path: string): void {
    this.#system.onWrite();
    this.#put(tid, path);
  }

  #put(tid: number, path: string): void {
    const group = this.#at(path);
    if (this.#system.parts.version === 1 && path !== '/' && (group.cpus === '' || group.nodes === '')) {
      throw failed('a cpuset without CPUs or nodes takes nobody in');
    }
    const thread = this.#system.thread(tid);
    thread.cgroup = path;
    this.#system.confine((one) => one === thread);
  }

  #threads() {
    return this.#system.processes.flatMap((process) => process.threads);
  }

  #at(path: string): Group {
    const group = this.#groups.get(path);
    if (group === undefined) throw NOT_THERE;
    return group;
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
