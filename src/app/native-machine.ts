/** The running machine as a whole, as actions turn on it: kernel files by their readers, cgroups, who is in which. */
import { mkdirSync, rmdirSync } from 'node:fs';
import type { ProcessId } from '../actions/controls.ts';
import type { LiveProcess, MachineControls, MachineFile } from '../actions/machine-controls.ts';
import type { MemoryControls } from '../actions/memory-controls.ts';
import { Refused } from '../actions/refused.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, mapMaybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { type Fill, pathOf, type Reader } from '../host/reader.ts';
import { cpusetAskedCpus, cpusetAskedNodes, cpusetPartition } from '../kernel/cgroup/cpuset.ts';
import {
  legacyMemoryLimit,
  legacySwappiness,
  memoryHigh,
  memoryLow,
  memoryMax,
  memoryMin,
} from '../kernel/cgroup/memory.ts';
import {
  cgroupChildControllers,
  cgroupNames,
  cgroupProcesses,
  legacyCgroupThreads,
} from '../kernel/cgroup/tree.ts';
import { workqueueCpus } from '../kernel/cpu/workqueue.ts';
import { irqDefaultCpus, irqRequestedCpus } from '../kernel/irq/affinity.ts';
import { receivePacketSteering } from '../kernel/net/queues.ts';
import { transparentHugePages } from '../kernel/proc/huge-pages.ts';
import { swappiness } from '../kernel/proc/sysctl.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { processList } from '../kernel/task/lists.ts';
import { type CgroupMount, cgroupMounts } from '../kernel/task/mountinfo.ts';
import { processStat } from '../kernel/task/stat.ts';
import { cgroupBelow, controllerMount, membershipFor } from '../model/cgroup.ts';
import { attempt, GONE, presentOrRefused, writeKernelFile } from './kernel-file-refusals.ts';
import { type GroupFile, isGroupFile, NativeGroupFiles } from './native-group-files.ts';
import { NativeUnits } from './native-units.ts';
import { openCgroups } from './read-cgroup.ts';

/** Folders of cgroups: of the hierarchy that has the cpuset controller, and of version 2. */
interface Folders {
  cpuset(cgroup: string): string;
  unified(cgroup: string): string;
}

/** How a file is found, read into the form of actions, and written from it. */
interface FileForm<T> {
  readonly reader: Reader<T>;
  readonly fill: (at: string, folders: Folders) => Fill<string>;
  readonly toText: (value: T) => string;
  readonly toFile: (value: string) => string;
}

const list = (value: CpuSet) => value.toKernelList();
const asMask = (value: string) => CpuSet.parseList(value).toMask();
const asIs = (value: string) => value;
const atFolder = (at: string) => ({ folder: at }) as Fill<string>;
const nowhere = () => ({}) as Fill<string>;
const inFolder = (at: string, folders: Folders) => ({ folder: folders.cpuset(at) }) as Fill<string>;
const inUnified = (at: string, folders: Folders) => ({ folder: folders.unified(at) }) as Fill<string>;
const amount = (value: bigint | null) => (value === null ? 'max' : String(value));

const FORMS: { readonly [File in Exclude<MachineFile, GroupFile>]: FileForm<never> } = {
  irqAffinity: form(irqRequestedCpus, (at) => ({ irq: at }) as Fill<string>, list, asIs),
  irqDefault: form(irqDefaultCpus, nowhere, list, asMask),
  workqueueCpus: form(workqueueCpus, nowhere, list, asMask),
  packetSteering: form(
    receivePacketSteering,
    (at) => {
      const slash = at.lastIndexOf('/');
      return { device: at.slice(0, slash), queue: at.slice(slash + 1) } as Fill<string>;
    },
    list,
    asMask,
  ),
  cpusetCpus: form(cpusetAskedCpus, inFolder, list, asIs),
  cpusetNodes: form(cpusetAskedNodes, inFolder, list, asIs),
  cpusetPartition: form(cpusetPartition, inFolder, asIs, asIs),
  cpusetController: form(
    cgroupChildControllers,
    inFolder,
    (words) => (words.includes('cpuset') ? 'on' : 'off'),
    (value) => (value === 'on' ? '+cpuset' : '-cpuset'),
  ),
  memoryMin: form(memoryMin, inUnified, amount, asIs),
  memoryLow: form(memoryLow, inUnified, amount, asIs),
  hugePages: form(transparentHugePages, () => ({ setting: 'enabled' }) as Fill<string>, asIs, asIs),
  hugePageDefrag: form(transparentHugePages, () => ({ setting: 'defrag' }) as Fill<string>, asIs, asIs),
  swappiness: form(swappiness, nowhere, String, asIs),
  legacySwappiness: form(legacySwappiness, atFolder, String, asIs),
  groupMemoryMax: form(memoryMax, atFolder, amount, asIs),
  groupMemoryHigh: form(memoryHigh, atFolder, amount, asIs),
  legacyMemoryMax: form(legacyMemoryLimit, atFolder, amount, (value) => (value === 'max' ? '-1' : value)),
};

function form<T>(
  reader: Reader<T>,
  fill: FileForm<T>['fill'],
  toText: (value: T) => string,
  toFile: (value: string) => string,
): FileForm<never> {
  return { reader, fill, toText, toFile } as unknown as FileForm<never>;
}

export class NativeMachine implements MachineControls {
  readonly memory: MemoryControls;
  readonly units = new NativeUnits();
  readonly #host: Host;
  readonly #pause: () => void;
  readonly #groupFiles: NativeGroupFiles;
  #mount: CgroupMount | null | undefined;

  /** @param pause lets other tasks run for a moment */
  constructor(host: Host, memory: MemoryControls, pause: () => void) {
    this.#host = host;
    this.memory = memory;
    this.#pause = pause;
    this.#groupFiles = new NativeGroupFiles(host);
  }

  readonly #folders: Folders = {
    cpuset: (path) => this.#folder(path),
    unified: (path) => belowMount(this.#unifiedMount(), path),
  };

  readFile(file: MachineFile, at: string): string {
    if (isGroupFile(file)) return this.#groupFiles.read(file, at);
    const { reader, fill, toText } = FORMS[file] as unknown as FileForm<unknown>;
    return toText(this.#read(reader, fill(at, this.#folders)));
  }

  writeFile(file: MachineFile, at: string, value: string): void {
    if (isGroupFile(file)) {
      this.#groupFiles.write(file, at, value);
      return;
    }
    const { reader, fill, toFile } = FORMS[file] as unknown as FileForm<unknown>;
    writeKernelFile(pathOf(reader, fill(at, this.#folders)), toFile(value));
  }

  processes(): readonly LiveProcess[] {
    return (orNull(this.#host.read(processList)) ?? []).flatMap((tgid) => {
      const stat = orNull(this.#host.read(processStat, { pid: tgid }));
      if (stat === null || stat.state === 'Z') return [];
      const { startTicks, comm, parent, isKernelThread } = stat;
      return [{ tgid, startTicks, comm, parent, isKernelThread }];
    });
  }

  hasCgroup(path: string): boolean {
    return !isMissing(this.#host.read(cgroupProcesses, { folder: this.#folder(path) }));
  }

  makeCgroup(path: string): void {
    attempt(() => mkdirSync(this.#folder(path)), path);
  }

  /** A process that has ended stays inside until the kernel is done with it. */
  removeCgroup(path: string): void {
    for (let tries = 1; ; tries += 1) {
      try {
        attempt(() => rmdirSync(this.#folder(path)), path);
        return;
      } catch (error) {
        if (!(error instanceof Refused) || error.reason !== 'failed' || tries === MOST_TRIES) throw error;
        this.#pause();
      }
    }
  }

  cgroupsIn(path: string): readonly string[] {
    const names = orNull(this.#host.read(cgroupNames, { folder: this.#folder(path) })) ?? [];
    return names
      .map((name) => (path === '/' ? `/${name}` : `${path}/${name}`))
      .filter((child) => this.hasCgroup(child));
  }

  cgroupOf(process: ProcessId): string {
    this.#checkSame(process);
    const mount = this.#cpusetMount();
    const all = this.#read(processCgroup, { pid: process.tgid });
    const own = membershipFor('cpuset', all);
    const path = own === undefined ? null : cgroupBelow(own.path, mount.root);
    if (path === null) throw new Refused('unsupported', NO_HIERARCHY);
    return path;
  }

  cpusetOf({ tgid }: ProcessId): CpuSet | null {
    const cpuset = mapMaybe(openCgroups(this.#host).of(tgid), (cgroup) => cgroup.cpuset);
    return isMissing(cpuset) ? null : (cpuset?.cpus ?? null);
  }

  moveProcess(process: ProcessId, path: string): void {
    this.#checkSame(process);
    writeKernelFile(pathOf(cgroupProcesses, { folder: this.#folder(path) }), `${process.tgid}`);
  }

  processesIn(path: string): readonly number[] {
    return this.#read(cgroupProcesses, { folder: this.#folder(path) });
  }

  threadsIn(path: string): readonly number[] {
    const tids = this.#read(legacyCgroupThreads, { folder: this.#folder(path) });
    return tids.filter((tid) => orNull(this.#host.read(processStat, { pid: tid }))?.isKernelThread === false);
  }

  moveThread(tid: number, path: string): void {
    writeKernelFile(pathOf(legacyCgroupThreads, { folder: this.#folder(path) }), `${tid}`);
  }

  #checkSame({ tgid, startTicks }: ProcessId): void {
    const stat = orNull(this.#host.read(processStat, { pid: tgid }));
    if (stat?.startTicks !== startTicks) throw new Refused('gone', GONE);
  }

  #read<T>(reader: Reader<T>, fill: Fill<string>): T {
    const value = this.#host.read<T, `${string}{pid}`>(
      reader as Reader<T, `${string}{pid}`>,
      fill as Fill<`${string}{pid}`>,
    );
    return presentOrRefused(value);
  }

  #folder(cgroup: string): string {
    return belowMount(this.#cpusetMount(), cgroup);
  }

  #unifiedMount(): CgroupMount {
    const mounts = orNull(this.#host.read(cgroupMounts, { pid: 'self' })) ?? [];
    const mount = mounts
      .filter((one) => one.version === 2)
      .toSorted((a, b) => a.root.length - b.root.length)[0];
    if (mount === undefined) throw new Refused('unsupported', NO_UNIFIED);
    return mount;
  }

  #cpusetMount(): CgroupMount {
    this.#mount ??= controllerMount('cpuset', orNull(this.#host.read(cgroupMounts, { pid: 'self' })) ?? []);
    if (this.#mount === null) throw new Refused('unsupported', NO_HIERARCHY);
    return this.#mount;
  }
}

function belowMount({ mountPoint }: CgroupMount, cgroup: string): string {
  return cgroup === '/' ? mountPoint : `${mountPoint}${cgroup}`;
}

const MOST_TRIES = 200;
const NO_HIERARCHY = {
  en: 'no cgroup hierarchy with the cpuset controller is mounted',
  ko: 'cpuset 컨트롤러가 있는 cgroup 계층이 마운트되어 있지 않습니다',
};

const NO_UNIFIED = {
  en: 'no cgroup hierarchy of version 2 is mounted',
  ko: 'cgroup v2 계층이 마운트되어 있지 않습니다',
};
