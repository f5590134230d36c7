/** Frames for tests: a plain process, with what the test is about put over it. */
import { missing } from '../../../base/missing.ts';
import type { FrameFinding, TargetFrame, ThreadFrame, WatchFrame } from '../frame.ts';
import { NO_MOVES } from '../moves.ts';

const NOT_READ = missing('not-captured', 'test');

export function threadFrame(tid: number, over: Partial<ThreadFrame> = {}): ThreadFrame {
  return {
    tid,
    comm: 'tick',
    cpu: 0,
    state: 'S',
    policy: 'other',
    nice: 0,
    realtimePriority: 0,
    born: false,
    runTimeNs: 0,
    runDelayNs: 0,
    migrations: 0,
    voluntarySwitches: 0,
    involuntarySwitches: 0,
    minorFaults: 0,
    majorFaults: 0,
    faultStallNs: 0,
    affinity: '0-3',
    ...over,
  };
}

export interface TargetParts extends Partial<Omit<TargetFrame, 'activity'>> {
  readonly activity?: Partial<TargetFrame['activity']>;
}

export function targetFrame(tgid: number, { activity, ...over }: TargetParts = {}): TargetFrame {
  const threads = over.threads ?? [threadFrame(tgid)];
  return {
    tgid,
    startTicks: 100n,
    comm: 'arena',
    unit: null,
    swapBytes: 0,
    lockedBytes: 0,
    threads,
    moves: NO_MOVES,
    runDelays: NOT_READ,
    faultStalls: NOT_READ,
    lateMoments: NOT_READ,
    ...over,
    activity: {
      tgid,
      tid: null,
      comm: 'arena',
      rssBytes: 4096,
      threads: threads.length,
      bornThreads: 0,
      endedThreads: 0,
      cpus: [],
      runTimeNs: 0,
      runDelayNs: 0,
      migrations: 0,
      voluntarySwitches: 0,
      involuntarySwitches: 0,
      minorFaults: 0,
      majorFaults: 0,
      ...activity,
    },
  };
}

/** Frame number `at` of a recording with one frame a second. */
export function watchFrame(at: number, over: Partial<WatchFrame> = {}): WatchFrame {
  const unknown = { some: NOT_READ, full: NOT_READ };
  return {
    monotonicNs: BigInt(at) * 1_000_000_000n,
    unixMs: FIRST_MS + at * 1000,
    elapsedNs: 1e9,
    skippedIntervals: 0,
    machine: {
      cpus: NOT_READ,
      pressurePct: { cpu: unknown, memory: unknown, io: unknown },
      memory: NOT_READ,
      vmstat: NOT_READ,
    },
    targets: [targetFrame(7)],
    ended: [],
    judgement: NOT_READ,
    changes: NOT_READ,
    obtainedBy: 'proc',
    ownRunNs: 1e6,
    ...over,
  };
}

/** 14 November 2023, a whole number of roll-up steps. */
export const FIRST_MS = 1_700_000_400_000;

export function frameFinding(over: Partial<FrameFinding> = {}): FrameFinding {
  return {
    rule: 'cpu-contention',
    mark: 'T',
    severity: 'warning',
    subject: { tgid: 7, tid: 8, comm: 'tick' },
    verdict: { en: 'LATE BECAUSE OF zstd', ko: 'zstd 때문에 늦음' },
    summary: { en: 'another task held the CPU: zstd', ko: '다른 태스크가 CPU를 점유: zstd' },
    evidence: [],
    remedies: [],
    weightRatio: 0.2,
    isEstimate: false,
    ...over,
  };
}
