/**
 * A whole machine in memory: processes that fork, cgroups with the cpuset controller of either version, interrupts.
 * `remembers` is Linux 6.2 and later, where a cpuset that grows again gives a thread back what it had asked for.
 */
import { CpuSet } from '../../base/cpu-set.ts';
import type { Controls, LiveThread, ProcessId, ThreadId } from '../controls.ts';
import type { LiveProcess } from '../machine-controls.ts';
import { Refused } from '../refused.ts';
import type { MemoryPolicy } from '../settings/memory-policy.ts';
import type { Scheduling } from '../settings/scheduling.ts';
import { DEFAULT_MEMORY, OTHER } from './defaults.ts';
import { SimulatedFiles } from './simulated-files.ts';

export interface SystemThread extends LiveThread {
  /** What it has. */
  affinity: CpuSet;
  /** What it asked for; null: anything. */
  asked: CpuSet | null;
  cgroup: string;
}

export interface SystemProcess extends LiveProcess {
  readonly threads: SystemThread[];
}

export interface SystemParts {
  readonly cpus: number;
  readonly version: 1 | 2;
  readonly remembers: boolean;
}

const GONE = new Refused('gone', { en: 'it has ended', ko: '끝났습니다' });

export class SimulatedSystem implements Controls {
  readonly parts: SystemParts;
  readonly machine: SimulatedFiles;
  readonly processes: SystemProcess[] = [];
  #nextId = 100;
  #writes = 0;
  /** Called before each write, with how many came before. */
  beforeWrite: (writes: number) => void = () => {};

  constructor(parts: SystemParts) {
    this.parts = parts;
    this.machine = new SimulatedFiles(this);
  }

  /** Called by everything that changes something. */
  onWrite(): void {
    this.beforeWrite(this.#writes);
    this.#writes += 1;
  }

  start(parts: {
    readonly parent?: number;
    readonly cgroup?: string;
    readonly affinities: readonly string[];
    readonly fixed?: boolean;
    readonly kernel?: boolean;
  }): SystemProcess {
    const tgid = this.#nextId;
    const cgroup = parts.cgroup ?? '/';
    const threads = parts.affinities.map((list): SystemThread => {
      const tid = this.#nextId;
      this.#nextId += 1;
      const allowed = this.machine.effective(cgroup);
      const asked = list === '' ? null : CpuSet.parseList(list);
      return {
        tid,
        startTicks: BigInt(tid),
        comm: `t${tid}`,
        isFixed: parts.fixed === true,
        isAsleep: true,
        asked,
        affinity: parts.fixed && asked !== null ? asked : confined(asked, allowed),
        cgroup,
      };
    });
    const process: SystemProcess = {
      tgid,
      startTicks: BigInt(tgid),
      comm: `p${tgid}`,
      parent: parts.parent ?? 1,
      isKernelThread: parts.kernel === true,
      threads,
    };
    this.processes.push(process);
    return process;
  }

  /** A child has what its parent has at this moment. */
  fork(parent: SystemProcess): SystemProcess {
    const [main] = parent.threads;
    if (main === undefined) throw GONE;
    const child = this.start({ parent: parent.tgid, cgroup: main.cgroup, affinities: [''] });
    const [own] = child.threads;
    if (own !== undefined) Object.assign(own, { asked: main.asked, affinity: main.affinity });
    return child;
  }

  /** The cpuset of some threads became another: what the kernel does to them. */
  confine(isMeant: (thread: SystemThread) => boolean): void {
    for (const thread of this.processes.flatMap((process) => process.threads)) {
      if (!isMeant(thread) || thread.isFixed) continue;
      const allowed = this.machine.effective(thread.cgroup);
      thread.affinity = this.parts.remembers ? confined(thread.asked, allowed) : allowed;
    }
  }

  /** Masks by thread, cgroups by thread, and the values of all files. */
  state(): unknown {
    const threads = this.processes.flatMap((process) => process.threads);
    return {
      masks: Object.fromEntries(threads.map((thread) => [thread.tid, thread.affinity.toKernelList()])),
      cgroups: Object.fromEntries(threads.map((thread) => [thread.tid, thread.cgroup])),
      ...this.machine.state(),
    };
  }

  find(id: ProcessId): SystemProcess | undefined {
    return this.processes.find((one) => one.tgid === id.tgid && one.startTicks === id.startTicks);
  }

  thread(tid: number): SystemThread {
    const found = this.processes.flatMap((process) => process.threads).find((one) => one.tid === tid);
    if (found === undefined) throw GONE;
    return found;
  }

  tids(process: ProcessId): readonly number[] {
    return this.find(process)?.threads.map((thread) => thread.tid) ?? [];
  }

  threads(process: ProcessId): readonly LiveThread[] | null {
    return this.find(process)?.threads.map((thread) => ({ ...thread })) ?? null;
  }

  isAlive(process: ProcessId): boolean {
    return this.find(process) !== undefined;
  }

  runTimeNs(): bigint {
    return 1n << 62n;
  }

  getAffinity(_: ProcessId, { tid }: ThreadId): string {
    return this.thread(tid).affinity.toKernelList();
  }

  setAffinity(_: ProcessId, { tid }: ThreadId, cpus: string): void {
    this.onWrite();
    const thread = this.thread(tid);
    const asked = CpuSet.parseList(cpus);
    const left = asked.intersect(this.machine.effective(thread.cgroup));
    if (left.isEmpty) throw new Refused('invalid', { en: 'none of them', ko: '없습니다' });
    Object.assign(thread, { asked, affinity: left });
  }

  restoreAffinity(process: ProcessId, thread: ThreadId, cpus: string): void {
    const allowed = this.machine.effective(this.thread(thread.tid).cgroup);
    const isFree = allowed.isSubsetOf(CpuSet.parseList(cpus));
    this.setAffinity(process, thread, isFree ? this.machine.all.toKernelList() : cpus);
  }

  getScheduling(): Scheduling {
    return OTHER;
  }

  setScheduling(): void {}

  getMemoryPolicy(): MemoryPolicy {
    return DEFAULT_MEMORY;
  }

  setMemoryPolicy(): void {}

  migratePages(): void {}

  pause(): void {}
}

/** What is left of a wish inside of a cpuset: all of it where nothing is. */
function confined(asked: CpuSet | null, allowed: CpuSet): CpuSet {
  const left = asked?.intersect(allowed) ?? allowed;
  return left.isEmpty ? allowed : left;
}
