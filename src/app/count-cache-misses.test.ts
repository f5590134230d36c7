import { expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { total } from './count-cache-misses.ts';

const reading = (count: bigint, enabledNs: bigint, runningNs: bigint) => ({ count, enabledNs, runningNs });

it('counts for the time in which the counters were somebody else’s', () => {
  expect(total([reading(10n, 100n, 100n), reading(10n, 100n, 50n), reading(0n, 100n, 0n)])).toBe(30);
});

it('does not take counters that never ran for no misses', () => {
  expect(isMissing(total([reading(0n, 100n, 0n)]))).toBe(true);
  expect(isMissing(total([]))).toBe(true);
});
