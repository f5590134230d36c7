import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { type Activity, addCpuShares, processActivity, timeOnCpus } from './activity.ts';
import { processInterval } from './task-interval.ts';
import { processReading, threadReading } from './testing/readings.ts';
import { addInterval, busyOverTime, type Totals } from './totals.ts';

function activity(cpu: number, runTimeNs: number, over: Partial<Activity> = {}): Activity {
  const idle = processReading(7, [threadReading(7, 7)]);
  return {
    ...processActivity(processInterval(idle, idle)),
    runTimeNs,
    cpus: runTimeNs === 0 ? [] : [{ cpu, runTimeNs, exactNs: runTimeNs }],
    ...over,
  };
}

function totalsOf(activities: readonly Activity[], elapsedNs = 1000): Totals {
  const [first, ...rest] = activities;
  if (first === undefined) throw new Error('a test has at least one interval');
  return rest.reduce(
    (totals, one) => addInterval(totals, one, elapsedNs),
    addInterval(undefined, first, elapsedNs),
  );
}

describe('run time on each CPU', () => {
  it('is exact for a thread that did not move, and a guess for one that did', () => {
    const before = processReading(7, [threadReading(7, 7), threadReading(7, 8)]);
    const after = processReading(7, [
      threadReading(7, 7, { runTimeNs: 30n, cpu: 2 }),
      threadReading(7, 8, { runTimeNs: 12n, migrations: 3n, cpu: 5 }),
    ]);
    expect(timeOnCpus(processInterval(before, after).threads)).toEqual([
      { cpu: 2, runTimeNs: 30, exactNs: 30 },
      { cpu: 5, runTimeNs: 12, exactNs: 0 },
    ]);
  });

  it('adds up to the run time of the threads', () => {
    const shares = fc.array(fc.record({ cpu: fc.nat(7), runTimeNs: fc.nat(1000), exactNs: fc.constant(0) }));
    fc.assert(
      fc.property(shares, (all) => {
        const total = (list: readonly { runTimeNs: number }[]) =>
          list.reduce((t, one) => t + one.runTimeNs, 0);
        expect(total(addCpuShares(all))).toBe(total(all));
      }),
    );
  });
});

describe('totals', () => {
  it('sum the counters and keep first, last and most memory', () => {
    const totals = totalsOf([
      activity(0, 100, { migrations: 2, rssBytes: 10 }),
      activity(1, 300, { migrations: 5, rssBytes: 40 }),
      activity(1, 0, { migrations: 0, rssBytes: 20 }),
    ]);
    expect(totals).toMatchObject({ intervals: 3, elapsedNs: 3000, runTimeNs: 400, migrations: 7 });
    expect(totals.rss).toEqual({ firstBytes: 10, lastBytes: 20, mostBytes: 40 });
    expect(totals.cpus.map((one) => [one.cpu, one.runTimeNs])).toEqual([
      [1, 300],
      [0, 100],
    ]);
  });

  it('do not know a sum of which one part is missing', () => {
    const gap = missing('denied', 'x');
    expect(totalsOf([activity(0, 1), activity(0, 1, { migrations: gap })]).migrations).toEqual(gap);
  });

  it('stay small over days, and lose no time', () => {
    const totals = totalsOf(Array.from({ length: 5000 }, () => activity(3, 500)));
    expect(totals.timeline.length).toBeLessThan(512);
    expect(totals.timeline.reduce((t, one) => t + one.elapsedNs, 0)).toBe(5_000_000);
    for (const ratio of busyOverTime(totals.timeline, 3, 40)) expect(ratio).toBeCloseTo(0.5);
  });
});

describe('the picture over time', () => {
  it('shows when each CPU was used', () => {
    const { timeline } = totalsOf([activity(0, 1000), activity(0, 500), activity(1, 1000), activity(1, 0)]);
    expect(busyOverTime(timeline, 0, 4)).toEqual([1, 0.5, 0, 0]);
    expect(busyOverTime(timeline, 1, 2)).toEqual([0, 0.5]);
    expect(busyOverTime(timeline, null, 1)).toEqual([0.625]);
  });
});
