/** What is measured in a block, by objective. A meter is started, asked how far it is, and finished, block after block. */
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { threadStatus } from '../kernel/task/status.ts';
import { KernelError } from '../native/libc.ts';
import { PerfEvent } from '../native/perf-event.ts';
import { encodeAttributes } from '../perf/attributes.ts';
import { type ThreadBlock, waitingPerWakeUpNs } from '../trial/block.ts';
import { INSTRUCTIONS, type Objective, RUN_TIME, WAITING, WAKE_UPS } from '../trial/objective.ts';

export interface Reading {
  /** In the unit of the objective; null where the block says nothing and is repeated. */
  readonly value: number | null;
  /** Failures of a probe; null for meters that cannot fail. */
  readonly probeErrors: number | null;
}

export interface BlockMeter {
  readonly objective: Objective;
  start(): void;
  /** How much evidence there is so far, in wake-ups; a block goes on until there is enough. */
  evidence(): number;
  finish(blockNs: number): Promise<Reading>;
}

interface Counters {
  readonly runTimeNs: bigint;
  readonly runDelayNs: bigint;
  readonly voluntarySwitches: bigint;
  readonly isRunnable: boolean;
}

/** null where the thread has ended. */
export function readCounters(host: Host, tgid: number, tid: number): Counters | null {
  const at = { pid: tgid, tid };
  const times = orNull(host.read(threadSchedstat, at));
  const switches = orNull(host.read(threadStatus, at))?.voluntarySwitches ?? null;
  const stat = orNull(host.read(threadStat, at));
  if (times === null || switches === null || stat === null) return null;
  const { runTimeNs, runDelayNs } = times;
  return { runTimeNs, runDelayNs, voluntarySwitches: switches, isRunnable: stat.state === 'R' };
}

/** Counters of threads at the start of a block, and what came to them since. */
class ThreadCounters {
  readonly #host: Host;
  readonly #tgid: number;
  readonly #tids: () => readonly number[];
  #before = new Map<number, Counters>();

  constructor(host: Host, tgid: number, tids: () => readonly number[]) {
    this.#host = host;
    this.#tgid = tgid;
    this.#tids = tids;
  }

  start(): void {
    this.#before = this.#read();
  }

  /** Threads that were there at the start and still are. */
  since(): readonly ThreadBlock[] {
    return [...this.#read()].flatMap(([tid, now]) => {
      const before = this.#before.get(tid);
      if (before === undefined) return [];
      return [
        {
          runTimeNs: Number(now.runTimeNs - before.runTimeNs),
          runDelayNs: Number(now.runDelayNs - before.runDelayNs),
          voluntarySwitches: Number(now.voluntarySwitches - before.voluntarySwitches),
          isRunnable: now.isRunnable,
        },
      ];
    });
  }

  #read(): Map<number, Counters> {
    const counters = new Map<number, Counters>();
    for (const tid of this.#tids()) {
      const read = readCounters(this.#host, this.#tgid, tid);
      if (read !== null) counters.set(tid, read);
    }
    return counters;
  }
}

/** @param tids the watched threads */
export function waitingMeter(host: Host, tgid: number, tids: readonly number[]): BlockMeter {
  const counters = new ThreadCounters(host, tgid, () => tids);
  return {
    objective: WAITING,
    start: () => counters.start(),
    evidence: () => wakeUps(counters.since()),
    finish: async (blockNs) => ({
      value: waitingPerWakeUpNs(counters.since(), blockNs),
      probeErrors: null,
    }),
  };
}

/** Over all threads of the process, those included that are born between blocks. */
export function runTimeMeter(host: Host, tgid: number): BlockMeter {
  const counters = new ThreadCounters(host, tgid, allThreads(host, tgid));
  return {
    objective: RUN_TIME,
    start: () => counters.start(),
    evidence: () => Number.POSITIVE_INFINITY,
    finish: async (blockNs) => {
      const ranNs = counters.since().reduce((sum, thread) => sum + thread.runTimeNs, 0);
      return { value: (ranNs / blockNs) * 100, probeErrors: null };
    },
  };
}

export function wakeUpsMeter(host: Host, tgid: number): BlockMeter {
  const counters = new ThreadCounters(host, tgid, allThreads(host, tgid));
  return {
    objective: WAKE_UPS,
    start: () => counters.start(),
    evidence: () => Number.POSITIVE_INFINITY,
    finish: async (blockNs) => ({
      value: wakeUps(counters.since()) / (blockNs / 1e9),
      probeErrors: null,
    }),
  };
}

function allThreads(host: Host, tgid: number): () => readonly number[] {
  return () => orNull(host.read(threadList, { pid: tgid })) ?? [];
}

function wakeUps(threads: readonly ThreadBlock[]): number {
  return threads.reduce((sum, thread) => sum + thread.voluntarySwitches, 0);
}

/**
 * Instructions per cycle in user mode, over the threads that are there when the trial begins and their children.
 * @throws KeelError E_UNSUPPORTED where the CPU shows no counters, as in most virtual machines; E_PRIVILEGE
 */
export function instructionsMeter(host: Host, tgid: number): BlockMeter & { close(): void } {
  const tids = allThreads(host, tgid)();
  const counters = HARDWARE.map((name) => tids.map((tid) => openCounter(name, tid)));
  const totals = () =>
    counters.map((events) => events.reduce((sum, event) => sum + (event?.read().count ?? 0n), 0n));
  let before = totals();
  return {
    objective: INSTRUCTIONS,
    start() {
      before = totals();
    },
    evidence: () => Number.POSITIVE_INFINITY,
    finish: async () => {
      const [instructions = 0, cycles = 0] = totals().map((now, i) => Number(now - (before[i] ?? 0n)));
      return { value: cycles === 0 ? null : instructions / cycles, probeErrors: null };
    },
    close() {
      for (const event of counters.flat()) event?.close();
    },
  };
}

const HARDWARE = ['instructions', 'cpu-cycles'] as const;

/** null for a thread that ended meanwhile. */
function openCounter(name: (typeof HARDWARE)[number], tid: number): PerfEvent | null {
  try {
    const attributes = { source: { kind: 'hardware', name }, inherit: true, excludeKernel: true } as const;
    const event = new PerfEvent(encodeAttributes(attributes), { tid });
    event.enable();
    return event;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errnoName === 'ESRCH') return null;
    throw noCounters(error);
  }
}

function noCounters(error: KernelError): KeelError {
  const isDenied = /^(EACCES|EPERM)$/.test(error.errnoName);
  return new KeelError(isDenied ? 'E_PRIVILEGE' : 'E_UNSUPPORTED', {
    what: isDenied
      ? {
          en: 'this user may not count instructions and cycles of it; nothing was changed',
          ko: '이 사용자는 명령 수와 사이클 수를 셀 수 없습니다. 아무것도 바꾸지 않았습니다',
        }
      : {
          en: 'no hardware counters here, so what caches gain cannot be measured; nothing was changed',
          ko: '하드웨어 카운터가 없어 캐시로 얻는 이득을 측정할 수 없습니다. 아무것도 바꾸지 않았습니다',
        },
    next: [
      {
        en: 'By its run time instead: --goal throughput     By a signal of your own: --probe',
        ko: '대신 실행 시간으로: --goal throughput     직접 고른 신호로: --probe',
      },
      { en: 'What this machine can measure: keel doctor', ko: '이 컴퓨터에서 가능한 측정: keel doctor' },
    ],
    cause: error,
  });
}
