/** A machine in memory: threads are born of parents, change hands, and end at chosen moments. */
import { CpuSet } from '../../base/cpu-set.ts';
import type { Controls, LiveThread, ProcessId, ThreadId } from '../controls.ts';
import type { MachineControls } from '../machine-controls.ts';
import { Refused } from '../refused.ts';
import type { MemoryPolicy } from '../settings/memory-policy.ts';
import type { Scheduling } from '../settings/scheduling.ts';
import { DEFAULT_MEMORY, OTHER } from './defaults.ts';
import { SimulatedSystem } from './simulated-system.ts';

export interface SimulatedThread extends LiveThread {
  affinity: string;
  scheduling: Scheduling;
  memoryPolicy: MemoryPolicy;
  isAsleep: boolean;
  ranNs: bigint;
}

const GONE = new Refused('gone', { en: 'the thread has ended', ko: '스레드가 끝났습니다' });

export class SimulatedMachine implements Controls {
  readonly process: ProcessId;
  readonly machine: MachineControls = new SimulatedSystem({ cpus: 64, version: 2, remembers: true }).machine;
  /** Migrations of pages, in order. */
  readonly migrated: string[] = [];
  readonly #threads = new Map<number, SimulatedThread>();
  #nextTid: number;
  #writes = 0;
  /** Called before each write with how many came before: where a test lets something happen. */
  beforeWrite: (writes: number) => void = () => {};
  /** What the kernel says to a write. */
  refuse: (tid: number) => Refused | null = () => null;
  /** The kernel takes away what is not in it. */
  cpuset = '0-63';
  /** Called before each listing of ids. */
  onList: () => void = () => {};
  /** Called between two walks. */
  onPause: () => void = () => {};

  constructor(affinities: readonly string[], tgid = 100) {
    this.process = { tgid, startTicks: 1n };
    this.#nextTid = tgid;
    for (const affinity of affinities) this.add({ affinity });
  }

  add(values: Partial<SimulatedThread> = {}): SimulatedThread {
    const tid = this.#nextTid;
    this.#nextTid += 1;
    const thread: SimulatedThread = {
      tid,
      startTicks: BigInt(tid),
      comm: `t${tid}`,
      isFixed: false,
      isAsleep: true,
      ranNs: 0n,
      affinity: '0-3',
      scheduling: OTHER,
      memoryPolicy: DEFAULT_MEMORY,
      ...values,
    };
    this.#threads.set(tid, thread);
    return thread;
  }

  /** A child has what its parent has at this moment. */
  clone(parent: number): SimulatedThread {
    const { affinity, scheduling, memoryPolicy } = this.#at(parent);
    return this.add({ affinity, scheduling, memoryPolicy });
  }

  end(tid: number): void {
    this.#threads.delete(tid);
  }

  all(): readonly SimulatedThread[] {
    return [...this.#threads.values()];
  }

  /** Affinities by thread. */
  affinities(): Readonly<Record<number, string>> {
    return Object.fromEntries(this.all().map((thread) => [thread.tid, thread.affinity]));
  }

  threads(process: ProcessId): readonly LiveThread[] | null {
    const same = process.tgid === this.process.tgid && process.startTicks === this.process.startTicks;
    return same && this.#threads.size > 0 ? this.all().map((thread) => ({ ...thread })) : null;
  }

  tids(): readonly number[] {
    this.onList();
    return [...this.#threads.keys()];
  }

  isAlive(process: ProcessId): boolean {
    return this.threads(process) !== null;
  }

  runTimeNs(_: ProcessId, thread: ThreadId): bigint {
    return this.#threads.get(thread.tid)?.ranNs ?? 1n << 62n;
  }

  getAffinity(_: ProcessId, thread: ThreadId): string {
    return this.#same(thread).affinity;
  }

  setAffinity(_: ProcessId, thread: ThreadId, cpus: string): void {
    this.#write(thread, (one) => {
      one.affinity = CpuSet.parseList(cpus).intersect(CpuSet.parseList(this.cpuset)).toKernelList();
    });
  }

  restoreAffinity(process: ProcessId, thread: ThreadId, cpus: string): void {
    this.setAffinity(process, thread, cpus);
  }

  getScheduling(_: ProcessId, thread: ThreadId): Scheduling {
    return this.#same(thread).scheduling;
  }

  setScheduling(_: ProcessId, thread: ThreadId, scheduling: Scheduling): void {
    this.#write(thread, (one) => {
      one.scheduling = scheduling;
    });
  }

  getMemoryPolicy(_: ProcessId, thread: ThreadId): MemoryPolicy {
    return this.#same(thread).memoryPolicy;
  }

  setMemoryPolicy(_: ProcessId, thread: ThreadId, policy: MemoryPolicy): void {
    this.#write(thread, (one) => {
      one.memoryPolicy = policy;
    });
  }

  migratePages(_: ProcessId, from: string, to: string): void {
    this.migrated.push(`${from} -> ${to}`);
  }

  pause(): void {
    this.onPause();
  }

  #write(thread: ThreadId, change: (thread: SimulatedThread) => void): void {
    this.beforeWrite(this.#writes);
    this.#writes += 1;
    const refused = this.refuse(thread.tid);
    if (refused !== null) throw refused;
    change(this.#same(thread));
  }

  #at(tid: number): SimulatedThread {
    const thread = this.#threads.get(tid);
    if (thread === undefined) throw GONE;
    return thread;
  }

  /** The id alone is not the thread. */
  #same(thread: ThreadId): SimulatedThread {
    const found = this.#at(thread.tid);
    if (found.startTicks !== thread.startTicks) throw GONE;
    return found;
  }
}
