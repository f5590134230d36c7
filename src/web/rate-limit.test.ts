import { expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';

const SEC = 1_000_000_000n;

it('lets a burst through, then one for each interval', () => {
  const limit = new RateLimit({ burst: 3, perSec: 2 }, 0n);
  expect([1, 2, 3, 4].map(() => limit.take(0n))).toEqual([true, true, true, false]);
  expect(limit.take(SEC / 2n)).toBe(true);
  expect(limit.take(SEC / 2n)).toBe(false);
  // Never more than the burst, however long the pause.
  expect([1, 2, 3, 4].map(() => limit.take(1000n * SEC))).toEqual([true, true, true, false]);
});
