import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { WORKLOAD_CLASSES, type WorkloadClass } from '../../model/workload.ts';
import type { ProcessWork } from '../classifier.ts';
import { classify, roleOf } from '../classify.ts';
import { processWork, threadWork } from '../testing/work.ts';
import { CLASSIFIERS } from './index.ts';

const DENIED = missing('denied', '/the/file');
const spread = (mean: number, deviation: number, p90: number) => ({ mean, deviation, p90 });
const clock = { perSec: 64, events: 640, errorEvents: 0.3, randomnessRatio: 0.03 };
const always = threadWork(100, { runPct: 97, wanted: spread(97, 3, 100) });
const tick = threadWork(100, { runPct: 38, wakeUps: clock, wanted: spread(38, 2, 40) });

describe('the registry of kinds of work', () => {
  it('holds each file of the folder, and each word of the model, in order', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => !/(^index|\.test)\.ts$/.test(name))
      .map((name) => name.replace(/\.ts$/, '').replaceAll('-', '_'));
    expect(CLASSIFIERS.map(({ id }) => id)).toEqual(WORKLOAD_CLASSES);
    expect([...WORKLOAD_CLASSES].sort()).toEqual(files.sort());
  });
});

/** For each kind: work that is of it, a near miss, and what must be known to say. */
const CASES: Readonly<
  Record<
    WorkloadClass,
    { is: Partial<ProcessWork>; near: Partial<ProcessWork>; blind?: Partial<ProcessWork> }
  >
> = {
  throttled: {
    is: { threads: [always], throttling: { cpus: 0.2, stoppedPct: 80 } },
    near: { throttling: { cpus: 0.2, stoppedPct: 0.9 } },
    blind: { throttling: DENIED },
  },
  memory_stalled: {
    is: { faultStallPct: 5 },
    near: { faultStallPct: 4.9 },
    blind: { faultStallPct: DENIED },
  },
  oversubscribed: {
    is: { usableCpus: 2, threads: [1, 2, 3].map((tid) => threadWork(tid, { runPct: 66, runDelayPct: 33 })) },
    // Two threads beside a hog: they wait, but there are CPUs enough for them.
    near: { usableCpus: 2, threads: [1, 2].map((tid) => threadWork(tid, { runPct: 50, runDelayPct: 50 })) },
    blind: { threads: [threadWork(1, { runDelayPct: DENIED })] },
  },
  latency_periodic: {
    is: { threads: [tick, threadWork(101)] },
    // A tick that keeps house beside a thread that works.
    near: { threads: [threadWork(101, { runPct: 1, wakeUps: clock }), threadWork(102, { runPct: 20 })] },
  },
  io_bound: {
    is: { threads: [threadWork(100, { storageWaitPct: 60, runPct: 20 })] },
    near: { threads: [threadWork(100, { storageWaitPct: 20, runPct: 30 })] },
  },
  cache_sensitive: {
    is: { cacheMisses: { misses: 2e7, instructions: 1e9 } },
    near: { cacheMisses: { misses: 9e6, instructions: 1e9 } },
    blind: { cacheMisses: DENIED },
  },
  migration_heavy: {
    is: { threads: [threadWork(100, { runPct: 6, migrationsPerSec: 20 })] },
    near: { threads: [threadWork(100, { runPct: 4, migrationsPerSec: 500 })] },
    blind: { threads: [threadWork(100, { migrationsPerSec: DENIED })] },
  },
  cpu_intensive_steady: {
    is: { threads: [always] },
    near: { threads: [threadWork(100, { runPct: 79, wanted: spread(79, 3, 79) })] },
  },
  cpu_intensive_bursty: {
    is: { threads: [threadWork(100, { runPct: 40, wanted: spread(40, 48, 100) })] },
    near: { threads: [threadWork(100, { runPct: 40, wanted: spread(40, 30, 79) })] },
  },
  balanced: { is: {}, near: { threads: [threadWork(100, { runPct: 0.9 })] } },
};

describe.each(WORKLOAD_CLASSES)('%s', (id) => {
  const { is, near, blind } = CASES[id];
  const judgement = (changes: Partial<ProcessWork>) =>
    classify(processWork(changes)).judgements.find((one) => one.id === id);

  it('is the class of such work, with numbers at or above their limits', () => {
    const found = classify(processWork(is));
    expect(found.class).toBe(id);
    const [first] = judgement(is)?.measures ?? [];
    expect(first?.value).toBeGreaterThanOrEqual(first?.limit ?? Number.POSITIVE_INFINITY);
  });

  it('is not the class of a near miss', () => {
    expect(judgement(near)?.fits).toBe(false);
    expect(classify(processWork(near)).class).not.toBe(id);
  });

  it.runIf(blind !== undefined)('says that it cannot know', () => {
    expect(judgement(blind ?? {})).toMatchObject({ fits: false, measures: [], gap: { reason: 'denied' } });
  });
});

describe('a classification', () => {
  it('goes by what a thread wants, not by what a hog leaves it', () => {
    const beside = threadWork(100, { runPct: 45, runDelayPct: 50, wanted: spread(95, 5, 100) });
    expect(classify(processWork({ threads: [beside] })).class).toBe('cpu_intensive_steady');
  });

  it('asks for more time rather than guess at a tick', () => {
    const short = threadWork(100, { runPct: 30, wakeUps: { ...clock, events: 41 } });
    const found = classify(processWork({ threads: [short], elapsedNs: 1e9 }));
    expect(found.class).toBe('unknown');
    expect(found.neededNs).toBe(4e9);
  });

  it('does not call an idle process I/O-bound', () => {
    expect(classify(processWork({ threads: [threadWork(100, { runPct: 0 })] })).class).toBe('unknown');
  });

  it('gives each thread a role and a class of its own', () => {
    const asleep = threadWork(103, { runPct: 0, wakeUpsPerSec: 0 });
    const storage = threadWork(102, { runPct: 3, storageWaitPct: 50 });
    const { threads } = classify(
      processWork({ threads: [tick, always, storage, asleep], throttling: { cpus: 1, stoppedPct: 50 } }),
    );
    expect(threads.map(({ role }) => role)).toEqual(['tick', 'worker', 'storage', 'asleep']);
    expect(threads.map((thread) => thread.class)).toEqual([
      'latency_periodic',
      'cpu_intensive_steady',
      'io_bound',
      'unknown',
    ]);
    expect(roleOf(threadWork(1))).toBe('helper');
  });

  it('does not take storage that answers evenly for a tick', () => {
    const reader = threadWork(100, { runPct: 10, storageWaitPct: 70, wakeUps: clock });
    expect(classify(processWork({ threads: [reader] })).class).toBe('io_bound');
  });
});
