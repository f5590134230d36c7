import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import type { SweptThread } from '../../model/task-sweep.ts';
import { ProcessCounter } from './process-counts.ts';
import { ThreadGroups } from './thread-groups.ts';

function thread(tid: number, minorFaults: bigint, over: Partial<SweptThread> = {}): SweptThread {
  const [tgid, startTicks] = [10, 100n];
  const counters = { minorFaults, majorFaults: 0n, runTimeNs: 0n, runDelayNs: 0n, migrations: 0n };
  return { tid, tgid, startTicks, comm: 'x', ...counters, ...over } as SweptThread;
}

/** The sum that the kernel keeps for the process, as each step reads it; null where nobody may ask. */
function count(steps: readonly (readonly SweptThread[])[], totals: readonly (number | null)[]) {
  const counter = new ProcessCounter();
  const groups = new ThreadGroups();
  const asked: number[] = [];
  const faults = steps.map((threads, i) => {
    const [counts] = counter.count(groups.update(threads), [{ tgid: 10 }], () => {
      asked.push(i);
      const total = totals[i];
      return total === null || total === undefined ? null : { minor: BigInt(total), major: 0n };
    });
    return counts?.minorFaults ?? null;
  });
  return { faults, asked };
}

describe('what a process did between two sweeps', () => {
  it('is the sum over its threads, and asks for no file while they go on', () => {
    const steps = [
      [thread(10, 5n), thread(11, 7n)],
      [thread(10, 6n), thread(11, 9n)],
      [thread(10, 6n), thread(11, 9n)],
    ];
    expect(count(steps, [12, null, null])).toEqual({ faults: [null, 3, 0], asked: [0] });
  });

  it('holds what a thread did that was born', () => {
    expect(count([[thread(10, 5n)], [thread(10, 5n), thread(11, 4n)]], [5, null]).faults).toEqual([null, 4]);
  });

  it('holds what a thread did before it ended', () => {
    const steps = [[thread(10, 5n), thread(11, 7n)], [thread(10, 6n)], [thread(10, 8n)]];
    expect(count(steps, [112, 120, null])).toEqual({ faults: [null, 8, 2], asked: [0, 1] });
  });

  it('holds that of threads nobody saw, as soon as one that was seen ends', () => {
    const steps = [[thread(10, 5n), thread(11, 7n)], [thread(10, 5n)]];
    expect(count(steps, [12, 1012]).faults).toEqual([null, 1000]);
  });

  it('takes another thread with the same id for another one', () => {
    const steps = [
      [thread(10, 5n), thread(11, 900n)],
      [thread(10, 5n), thread(11, 3n, { startTicks: 200n })],
    ];
    expect(count(steps, [905, 908]).faults).toEqual([null, 3]);
  });

  it('begins anew with another process, and is missing where a counter went back', () => {
    const other = thread(10, 3n, { startTicks: 900n });
    expect(count([[thread(10, 5n)], [other]], [5, 3]).faults).toEqual([null, null]);
    expect(count([[thread(10, 5n)], [thread(10, 4n)]], [5, 4]).faults[1]).toMatchObject({
      missing: 'unreadable',
    });
  });

  it('hands on why a counter is missing', () => {
    const absent = missing('absent', 'min_flt');
    const steps = [[thread(10, 5n)], [thread(10, 0n, { minorFaults: absent })]];
    expect(count(steps, [5, 5]).faults[1]).toBe(absent);
  });

  it('is missing, and not nothing, for a thread that sleeps on a kernel that does not count', () => {
    const absent = missing('absent', 'min_flt');
    const asleep = thread(10, 0n, { minorFaults: absent });
    expect(count([[asleep], [asleep], [asleep]], [5, 5, 5]).faults).toEqual([null, absent, absent]);
  });

  it('is the same object for as long as nothing runs', () => {
    const [counter, groups] = [new ProcessCounter(), new ThreadGroups()];
    const [asleep, awake] = [thread(10, 5n), thread(10, 6n)];
    const seen = [[asleep], [asleep], [asleep], [awake], [awake], [awake]].map((threads) => {
      const [counts] = counter.count(groups.update(threads), [{ tgid: 10 }], () => null);
      return counts;
    });
    expect(seen[2]).toBe(seen[1]);
    expect(seen.map((one) => one?.minorFaults)).toEqual([undefined, 0, 0, 1, 0, 0]);
    expect(seen[5]).toBe(seen[4]);
  });
});
