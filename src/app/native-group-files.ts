/** Files of the running machine by which groups of tasks share the CPU: cgroups of the cpu controller, and sessions. */
import type { MachineFile } from '../actions/machine-controls.ts';
import { Refused } from '../actions/refused.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { pathOf } from '../host/reader.ts';
import { type CpuMax, cfsPeriod, cfsQuota, cpuMax } from '../kernel/cgroup/cpu.ts';
import { cpuIdle, cpuShares, cpuWeight } from '../kernel/cgroup/weight.ts';
import { taskAutogroup } from '../kernel/task/autogroup.ts';
import { processList } from '../kernel/task/lists.ts';
import { type CgroupMount, cgroupMounts } from '../kernel/task/mountinfo.ts';
import { cgroupBelow, controllerMount } from '../model/cgroup.ts';
import { GONE, presentOrRefused, writeKernelFile } from './kernel-file-refusals.ts';

const GROUP_FILES = ['cpuQuota', 'cpuWeight', 'cpuIdle', 'sessionNice'] as const;
export type GroupFile = (typeof GROUP_FILES)[number];

export function isGroupFile(file: MachineFile): file is GroupFile {
  return (GROUP_FILES as readonly MachineFile[]).includes(file);
}

interface Group {
  readonly version: 1 | 2;
  readonly folder: string;
}

export class NativeGroupFiles {
  readonly #host: Host;
  /** By session, a process that was in it: looking through all of them takes a while. */
  readonly #members = new Map<string, number>();
  #mount: CgroupMount | null | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  read(file: GroupFile, at: string): string {
    switch (file) {
      case 'sessionNice':
        return `${presentOrRefused(this.#host.read(taskAutogroup, { pid: this.#member(at) })).nice}`;
      case 'cpuQuota':
        return quotaText(this.#readQuota(this.#group(at)));
      case 'cpuIdle':
        return presentOrRefused(this.#host.read(cpuIdle, this.#group(at))) ? '1' : '0';
      default: {
        const { version, folder } = this.#group(at);
        return `${presentOrRefused(this.#host.read(version === 2 ? cpuWeight : cpuShares, { folder }))}`;
      }
    }
  }

  write(file: GroupFile, at: string, value: string): void {
    if (file === 'sessionNice') writeKernelFile(pathOf(taskAutogroup, { pid: this.#member(at) }), value);
    else if (file === 'cpuQuota') writeQuota(this.#group(at), value);
    else writeKernelFile(pathOf(this.#readerOf(file, at), this.#group(at)), value);
  }

  #readerOf(file: 'cpuIdle' | 'cpuWeight', at: string) {
    if (file === 'cpuIdle') return cpuIdle;
    return this.#group(at).version === 2 ? cpuWeight : cpuShares;
  }

  #readQuota({ version, folder }: Group): CpuMax {
    if (version === 2) return presentOrRefused(this.#host.read(cpuMax, { folder }));
    return {
      quotaUs: presentOrRefused(this.#host.read(cfsQuota, { folder })),
      periodUs: presentOrRefused(this.#host.read(cfsPeriod, { folder })),
    };
  }

  /** Any process of the session: the one that it was proposed for may have ended. */
  #member(session: string): number {
    const known = this.#members.get(session);
    if (known !== undefined && this.#isIn(known, session)) return known;
    const found = (orNull(this.#host.read(processList)) ?? []).find((tgid) => this.#isIn(tgid, session));
    if (found === undefined) throw new Refused('gone', GONE);
    this.#members.set(session, found);
    return found;
  }

  #isIn(pid: number, session: string): boolean {
    return orNull(this.#host.read(taskAutogroup, { pid }))?.name === session;
  }

  #group(path: string): Group {
    this.#mount ??= controllerMount('cpu', orNull(this.#host.read(cgroupMounts, { pid: 'self' })) ?? []);
    const inside = this.#mount === null ? null : cgroupBelow(path, this.#mount.root);
    if (this.#mount === null || inside === null) throw new Refused('unsupported', NO_HIERARCHY);
    const { version, mountPoint } = this.#mount;
    return { version, folder: inside === '/' ? mountPoint : `${mountPoint}${inside}` };
  }
}

const NO_HIERARCHY = {
  en: 'no cgroup hierarchy with the cpu controller is mounted here',
  ko: 'cpu 컨트롤러가 있는 cgroup 계층이 마운트되어 있지 않습니다',
};

function quotaText({ quotaUs, periodUs }: CpuMax): string {
  return `${quotaUs ?? 'max'} ${periodUs}`;
}

function writeQuota({ version, folder }: Group, value: string): void {
  const [quota = ''] = value.split(' ');
  if (version === 2) writeKernelFile(pathOf(cpuMax, { folder }), value);
  else writeKernelFile(pathOf(cfsQuota, { folder }), quota === 'max' ? '-1' : quota);
}
