import { describe, expect, it } from 'vitest';
import { busiestRatio, chooseWatched, type ThreadSeries } from './watched.ts';

const series = (
  tid: number,
  wakeUps: readonly number[],
  parts: Partial<ThreadSeries> = {},
): ThreadSeries => ({
  tid,
  comm: `t${tid}`,
  wakeUps,
  runTimeNs: wakeUps.map(() => 30e6),
  runDelayNs: wakeUps.map(() => 1e6),
  ...parts,
});
const QUARTER_NS = 250e6;

describe('chooseWatched', () => {
  it('takes the thread that wakes steadily, also where a few intervals lost ticks', () => {
    const tick = series(7, [16, 16, 15, 16, 9, 16, 17, 16]);
    const noisy = series(8, [40, 3, 12, 90, 5, 33, 1, 60], { runDelayNs: Array(8).fill(9e6) });
    expect(chooseWatched([noisy, tick], QUARTER_NS)).toMatchObject({ tids: [7], tickHz: 64 });
  });

  it('does not take a library timer that hardly runs for a tick', () => {
    const timer = series(7, Array(8).fill(25), { runTimeNs: Array(8).fill(1e5) });
    const worker = series(8, [4, 30, 11, 2, 19, 40, 3, 1], { runDelayNs: Array(8).fill(5e6) });
    expect(chooseWatched([timer, worker], QUARTER_NS)).toMatchObject({ tids: [8], tickHz: null });
  });

  it('takes the tick that the wake-ups themselves show, and none where they show none', () => {
    const steady = series(7, [16, 16, 15, 16, 16, 16, 17, 16]);
    const late = series(8, [40, 3, 12, 90, 5, 33, 1, 60], { runDelayNs: Array(8).fill(9e6) });
    const seen = chooseWatched([steady, late], QUARTER_NS, { tid: 8, hz: 30.01 });
    expect(seen).toMatchObject({ tids: [8], tickHz: 30.01, tickBy: 'events' });
    expect(chooseWatched([steady, late], QUARTER_NS, null)).toMatchObject({ tids: [8], tickHz: null });
    expect(chooseWatched([steady, late], QUARTER_NS)).toMatchObject({ tids: [7], tickBy: 'counts' });
    const timer = series(9, Array(8).fill(25), { runTimeNs: Array(8).fill(1e5) });
    expect(chooseWatched([timer, late], QUARTER_NS, { tid: 9, hz: 100 })).toMatchObject({ tids: [8] });
    expect(chooseWatched([steady], QUARTER_NS, { tid: 99, hz: 64 })).toMatchObject({
      tids: [7],
      tickHz: null,
    });
  });

  it('takes who waits most where nothing is steady, and nobody where all sleep', () => {
    const a = series(1, [4, 30, 11, 2], { runDelayNs: Array(4).fill(1e6) });
    const b = series(2, [1, 9, 22, 5], { runDelayNs: Array(4).fill(7e6) });
    expect(chooseWatched([a, b], QUARTER_NS)?.tids).toEqual([2]);
    const asleep = series(3, [0, 0], { runTimeNs: [0, 0], runDelayNs: [0, 0] });
    expect(chooseWatched([asleep], QUARTER_NS)).toBeNull();
  });
});

describe('busiestRatio', () => {
  it('is one for a thread that never sleeps, waiting included', () => {
    const hog = series(1, [0, 0], { runTimeNs: [100e6, 125e6], runDelayNs: [150e6, 125e6] });
    expect(busiestRatio([hog], QUARTER_NS)).toBe(1);
  });
});
