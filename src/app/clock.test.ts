import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

const DAY_NS = 86_400e9;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Whether a sleep has ended, told without waiting for it. */
function asleep(ns: number, signal?: AbortSignal): { ended: boolean } {
  const state = { ended: false };
  void systemClock.sleep(ns, signal).then(() => {
    state.ended = true;
  });
  return state;
}

it('sleeps longer than one timer can', async () => {
  const sleep = asleep(30 * DAY_NS);
  await vi.advanceTimersByTimeAsync((30 * DAY_NS) / 1e6 - 1);
  expect(sleep.ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(sleep.ended).toBe(true);
});

it('sleeps until the signal where no time is set', async () => {
  const stop = new AbortController();
  const sleep = asleep(Number.POSITIVE_INFINITY, stop.signal);
  await vi.advanceTimersByTimeAsync((100 * DAY_NS) / 1e6);
  expect(sleep.ended).toBe(false);
  stop.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(sleep.ended).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
