/** The running machine, as actions turn on it: libc for the calls, readers for who is there. */
import type { Controls, LiveThread, ProcessId, ThreadId } from '../actions/controls.ts';
import { Refused } from '../actions/refused.ts';
import { type MemoryPolicy, memoryPolicyText } from '../actions/settings/memory-policy.ts';
import { isFair, type Scheduling } from '../actions/settings/scheduling.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, mapMaybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { PF_NO_SETAFFINITY, processStat, threadStat } from '../kernel/task/stat.ts';
import { getAffinity, setAffinity } from '../native/affinity.ts';
import { KernelError } from '../native/libc.ts';
import { migratePages } from '../native/memory-policy.ts';
import { Pidfd } from '../native/pidfd.ts';
import type { Injection } from '../native/ptrace.ts';
import { getScheduling, setScheduling } from '../native/scheduler.ts';
import {
  getThreadMemoryPolicy,
  setThreadMemoryPolicy,
  type ThreadMemoryPolicy,
} from '../native/thread-memory-policy.ts';
import { Injections, THREAD_GONE } from './injections.ts';
import { asRefusal } from './kernel-refusals.ts';
import { NativeMachine } from './native-machine.ts';
import { NativeMemory } from './native-memory.ts';
import { openCgroups } from './read-cgroup.ts';

/** Between two walks: longer than a clone takes from copying its parent to being listed. */
const PAUSE_MS = 1;

export class NativeControls implements Controls {
  readonly machine: NativeMachine;
  readonly #host: Host;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  readonly #pidfds = new Map<number, Pidfd | null>();
  readonly #allowed = new Map<number, CpuSet | null>();
  readonly #injections: Injections;
  #defaultSliceNs: bigint | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#injections = new Injections(host);
    this.machine = new NativeMachine(host, new NativeMemory(host, this.#injections), () => this.pause());
  }

  tids(process: ProcessId): readonly number[] {
    return orNull(this.#host.read(threadList, { pid: process.tgid })) ?? [];
  }

  threads(process: ProcessId): readonly LiveThread[] | null {
    if (!this.isAlive(process)) return null;
    return this.tids(process).flatMap((tid) => {
      const stat = orNull(this.#host.read(threadStat, { pid: process.tgid, tid }));
      if (stat === null) return [];
      const isFixed = (stat.flags & PF_NO_SETAFFINITY) !== 0;
      const isAsleep = !/[RD]/.test(stat.state);
      return [{ tid, startTicks: stat.startTicks, comm: stat.comm, isFixed, isAsleep }];
    });
  }

  runTimeNs(process: ProcessId, thread: ThreadId): bigint {
    const times = orNull(this.#host.read(threadSchedstat, { pid: process.tgid, tid: thread.tid }));
    return times?.runTimeNs ?? FOREVER_NS;
  }

  isAlive(process: ProcessId): boolean {
    if (this.#held(process.tgid)?.isAlive === false) return false;
    const stat = orNull(this.#host.read(processStat, { pid: process.tgid }));
    // A zombie holds nothing that could be changed.
    return stat !== null && stat.startTicks === process.startTicks && stat.state !== 'Z';
  }

  getAffinity(_: ProcessId, thread: ThreadId): string {
    return asRefusal(() => getAffinity(thread.tid).toKernelList());
  }

  setAffinity(process: ProcessId, thread: ThreadId, cpus: string): void {
    this.#onSame(process, thread, () => setAffinity(thread.tid, CpuSet.parseList(cpus)));
  }

  restoreAffinity(process: ProcessId, thread: ThreadId, cpus: string): void {
    const allowed = this.#allowedBy(process.tgid);
    const isFree = allowed?.isSubsetOf(CpuSet.parseList(cpus)) === true;
    this.setAffinity(process, thread, isFree ? this.#everyCpu() : cpus);
  }

  /** The online CPUs that the cpuset leaves to the process; null where that is not known. Read once per process. */
  #allowedBy(tgid: number): CpuSet | null {
    let allowed = this.#allowed.get(tgid);
    if (allowed === undefined) {
      const online = orNull(this.#host.read(cpusInState, { state: 'online' }));
      const cpuset = mapMaybe(openCgroups(this.#host).of(tgid), (cgroup) => cgroup.cpuset);
      const known = isMissing(cpuset) ? null : (cpuset?.cpus ?? online);
      allowed = online === null || known === null ? null : known.intersect(online);
      this.#allowed.set(tgid, allowed);
    }
    return allowed;
  }

  #everyCpu(): string {
    const possible = orNull(this.#host.read(cpusInState, { state: 'possible' }));
    return (possible ?? CpuSet.range(0, 63)).toKernelList();
  }

  getScheduling(_: ProcessId, thread: ThreadId): Scheduling {
    return asRefusal(() => {
      const { flags, runtimeNs, deadlineNs, periodNs, ...rest } = getScheduling(thread.tid);
      const isDefault = isFair(rest.policy) && runtimeNs === this.#defaultSlice();
      return {
        policy: rest.policy,
        flags: Number(flags),
        nice: rest.nice,
        realtimePriority: rest.realtimePriority,
        runtimeNs: isDefault ? 0 : Number(runtimeNs),
        deadlineNs: Number(deadlineNs),
        periodNs: Number(periodNs),
      };
    });
  }

  setScheduling(process: ProcessId, thread: ThreadId, scheduling: Scheduling): void {
    this.#onSame(process, thread, () =>
      setScheduling(thread.tid, {
        ...scheduling,
        flags: BigInt(scheduling.flags),
        runtimeNs: BigInt(scheduling.runtimeNs),
        deadlineNs: BigInt(scheduling.deadlineNs),
        periodNs: BigInt(scheduling.periodNs),
      }),
    );
  }

  getMemoryPolicy(process: ProcessId, thread: ThreadId): MemoryPolicy {
    return this.#inside(process, thread, (injection) => policyOf(getThreadMemoryPolicy(injection)));
  }

  setMemoryPolicy(process: ProcessId, thread: ThreadId, policy: MemoryPolicy): void {
    const nodes = CpuSet.parseList(policy.nodes);
    const found = this.#inside(process, thread, (injection) =>
      policyOf(
        setThreadMemoryPolicy(injection, {
          mode: policy.mode | policy.flags,
          nodes,
        }),
      ),
    );
    if (JSON.stringify(found) === JSON.stringify(policy)) return;
    const [wanted, kept] = [memoryPolicyText(policy), memoryPolicyText(found)];
    throw new Refused('failed', {
      en: `thread ${thread.tid} was given ${wanted} and has ${kept}`,
      ko: `스레드 ${thread.tid}에 ${wanted}을(를) 설정했으나 ${kept}입니다`,
    });
  }

  migratePages(process: ProcessId, from: string, to: string): void {
    if (!this.isAlive(process)) throw new Refused('gone', GONE);
    asRefusal(() => migratePages(process.tgid, CpuSet.parseList(from), CpuSet.parseList(to)));
  }

  /** @throws Refused where a call inside of the thread could hurt it */
  #inside<T>(process: ProcessId, thread: ThreadId, step: (injection: Injection) => T): T {
    const injection = this.#injections.at(process, thread);
    return asRefusal(() => step(injection));
  }

  close(): void {
    for (const pidfd of this.#pidfds.values()) pidfd?.close();
    this.#pidfds.clear();
  }

  pause(): void {
    Atomics.wait(this.#sleeper, 0, 0, PAUSE_MS);
  }

  /**
   * The slice of a thread that nobody touched: kthreadd's, which never has one of its own. The kernel shows a default
   * slice as a number too, and setting that number would pin it.
   */
  #defaultSlice(): bigint {
    this.#defaultSliceNs ??= sliceOf(KTHREADD) ?? sliceOf(0) ?? 0n;
    return this.#defaultSliceNs;
  }

  /** Held from the first look on: an id that is reused later belongs to no process we hold. */
  #held(tgid: number): Pidfd | null {
    let pidfd = this.#pidfds.get(tgid);
    if (pidfd === undefined) {
      pidfd = openPidfd(tgid);
      this.#pidfds.set(tgid, pidfd);
    }
    return pidfd;
  }

  /** The id may be another thread's by now; the start time tells. */
  #onSame(process: ProcessId, thread: ThreadId, step: () => void): void {
    const now = orNull(this.#host.read(threadStat, { pid: process.tgid, tid: thread.tid }));
    if (now?.startTicks !== thread.startTicks) throw new Refused('gone', GONE);
    asRefusal(step);
  }
}

/** null before Linux 5.3, and where there is no such process: the start time alone tells then. */
function openPidfd(tgid: number): Pidfd | null {
  try {
    return new Pidfd(tgid);
  } catch (error) {
    if (error instanceof KernelError) return null;
    throw error;
  }
}

/** MPOL_MODE_FLAGS of include/uapi/linux/mempolicy.h. */
const MODE_FLAGS = 0xe000;

function policyOf({ mode, nodes }: ThreadMemoryPolicy): MemoryPolicy {
  return { mode: mode & ~MODE_FLAGS, flags: mode & MODE_FLAGS, nodes: nodes.toKernelList() };
}

const KTHREADD = 2;
const FOREVER_NS = 1n << 62n;
const GONE = THREAD_GONE;

function sliceOf(tid: number): bigint | null {
  try {
    const { policy, runtimeNs } = getScheduling(tid);
    return isFair(policy) ? runtimeNs : null;
  } catch (error) {
    // In a container, 2 may be nobody.
    if (error instanceof KernelError) return null;
    throw error;
  }
}
