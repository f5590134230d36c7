/** Looks at the threads of a process for a moment: which one a trial should watch, and whether it ever sleeps. */
import { KeelError } from '../base/errors.ts';
import { isMissing, orNull } from '../base/missing.ts';
import { NS_PER_MS } from '../base/units.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadStat } from '../kernel/task/stat.ts';
import {
  busiestRatio,
  chooseWatched,
  type SeenTick,
  type ThreadSeries,
  type Watched,
} from '../trial/watched.ts';
import type { FoundTarget } from './find-targets.ts';
import { readCounters } from './trial-meters.ts';
import { watchLateByBpf } from './watch-late.ts';
import type { Workshop } from './workshop.ts';

const INTERVAL_NS = 250 * NS_PER_MS;
const INTERVALS = 8;

export interface SeenTarget {
  readonly watched: Watched;
  /** Its busiest thread wants a CPU all the time, and hardly ever sleeps. */
  readonly isCpuBound: boolean;
}

const CPU_BOUND_RATIO = 0.9;
/** Fewer wake-ups than this are no pieces of work. */
const CPU_BOUND_WAKE_UPS_PER_SEC = 5;

/** @throws KeelError E_GONE, E_CONFLICT where all threads sleep, E_INTERRUPTED */
export async function watchTarget(workshop: Workshop, target: FoundTarget): Promise<SeenTarget> {
  const [threads, seen] = await Promise.all([seriesOf(workshop, target), tickByEvents(workshop, target)]);
  if (workshop.signal.aborted) {
    throw new KeelError('E_INTERRUPTED', {
      what: { en: 'interrupted; nothing was changed', ko: '중단되었습니다. 아무것도 바꾸지 않았습니다' },
    });
  }
  const meant = target.tid === null ? threads : threads.filter((thread) => thread.tid === target.tid);
  const chosen = chooseWatched(meant, INTERVAL_NS, seen);
  if (chosen === null) throw asleep(workshop, target);
  const asked = { en: 'it is the one you named', ko: '지정한 스레드입니다' };
  const wakeUps = meant.flatMap((thread) => thread.wakeUps).reduce((sum, count) => sum + count, 0);
  const seconds = (INTERVALS * INTERVAL_NS) / 1e9;
  return {
    watched: target.tid === null ? chosen : { ...chosen, because: asked },
    isCpuBound:
      busiestRatio(meant, INTERVAL_NS) >= CPU_BOUND_RATIO && wakeUps / seconds < CPU_BOUND_WAKE_UPS_PER_SEC,
  };
}

/** Long enough to tell a rate from chance; see stats/tick-detection.ts. */
const EVENTS_NS = 4.5e9;
/** Which moments count as late is not asked here. */
const OVER_NS = 1e6;

/**
 * The tick as the wake-ups themselves show it, from BPF.
 * @returns null where there is none; undefined where they cannot be seen, or some were lost
 */
async function tickByEvents(
  { host, clock, signal }: Workshop,
  target: FoundTarget,
): Promise<SeenTick | null | undefined> {
  const watched = await watchLateByBpf(host, clock, {
    target,
    durationNs: EVENTS_NS,
    overNs: OVER_NS,
    signal,
  });
  if (isMissing(watched) || watched.lost > 0) return undefined;
  const { tick } = watched.summary;
  return tick === null ? null : { tid: tick.task.tid, hz: tick.hz };
}

interface Growing {
  readonly comm: string;
  readonly wakeUps: number[];
  readonly runTimeNs: number[];
  readonly runDelayNs: number[];
}

type Counters = NonNullable<ReturnType<typeof readCounters>>;

async function seriesOf({ host, clock, signal }: Workshop, { tgid }: FoundTarget): Promise<ThreadSeries[]> {
  const growing = new Map<number, Growing>();
  let before = new Map<number, Counters>();
  for (let i = 0; i <= INTERVALS && !signal.aborted; i += 1) {
    const now = new Map<number, Counters>();
    for (const tid of orNull(host.read(threadList, { pid: tgid })) ?? []) {
      const counters = readCounters(host, tgid, tid);
      if (counters === null) continue;
      now.set(tid, counters);
      const then = before.get(tid);
      if (then === undefined) continue;
      const one = growing.get(tid) ?? grow(orNull(host.read(threadStat, { pid: tgid, tid }))?.comm ?? '');
      one.wakeUps.push(Number(counters.voluntarySwitches - then.voluntarySwitches));
      one.runTimeNs.push(Number(counters.runTimeNs - then.runTimeNs));
      one.runDelayNs.push(Number(counters.runDelayNs - then.runDelayNs));
      growing.set(tid, one);
    }
    before = now;
    if (i < INTERVALS) await clock.sleep(INTERVAL_NS, signal);
  }
  return [...growing].map(([tid, one]) => ({ tid, ...one }));
}

function grow(comm: string): Growing {
  return { comm, wakeUps: [], runTimeNs: [], runDelayNs: [] };
}

function asleep(workshop: Workshop, target: FoundTarget): KeelError {
  const { comm, tgid } = target;
  if (!workshop.controls.isAlive(target)) {
    return new KeelError('E_GONE', {
      what: {
        en: `${comm} ${tgid} has ended; nothing was changed`,
        ko: `${comm} ${tgid}이(가) 끝났습니다. 아무것도 바꾸지 않았습니다`,
      },
    });
  }
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${comm} ${tgid} sleeps: no thread ran or waited in 2 s, so there is nothing to measure; nothing was changed`,
      ko: `${comm} ${tgid}이(가) 잠들어 있습니다. 2초 동안 실행되거나 기다린 스레드가 없어 측정할 것이 없습니다. 아무것도 바꾸지 않았습니다`,
    },
    next: [
      {
        en: 'Try it while there is load, or judge by a signal of your own: --probe',
        ko: '부하가 있을 때 시험하거나 직접 고른 신호로 판단하세요: --probe',
      },
    ],
  });
}
