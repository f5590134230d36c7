/** Work of processes for tests of classifiers: a quiet one, of which a test changes what matters. */
import type { ThreadWork } from '../../model/thread-work.ts';
import type { ProcessWork } from '../classifier.ts';

export function threadWork(tid: number, changes: Partial<ThreadWork> = {}): ThreadWork {
  return {
    tid,
    comm: `t${tid}`,
    wholeTime: true,
    runPct: 5,
    runDelayPct: 0,
    wanted: { mean: 5, deviation: 1, p90: 6 },
    migrationsPerSec: 0,
    wakeUpsPerSec: 10,
    preemptionsPerSec: 0,
    majorFaultsPerSec: 0,
    wakeUps: { perSec: 10, events: 100, errorEvents: 4, randomnessRatio: 1 },
    storageWaitPct: 0,
    lastCpu: 0,
    ...changes,
  };
}

export function processWork(changes: Partial<ProcessWork> = {}): ProcessWork {
  return {
    tgid: 100,
    comm: 'arena',
    elapsedNs: 10e9,
    intervals: 100,
    threads: [threadWork(100)],
    usableCpus: 4,
    throttling: null,
    faultStallPct: 0,
    storage: { readBytesPerSec: 0, writtenBytesPerSec: 0 },
    cacheMisses: { misses: 0, instructions: 1e9 },
    ...changes,
  };
}
