import { describe, expect, it } from 'vitest';
import { DENIED, isQuiet, only, stallsOf, windowOf } from '../testing/windows.ts';
import { coldStart } from './cold-start.ts';
import { newMemory } from './new-memory.ts';
import { refaults } from './refaults.ts';

const target = { processes: [{ tgid: 10, comm: 'arena' }], target: new Set([10]) };
const touching = (ageNs: number, { pct = 20, refaultRatio = 1 } = {}) =>
  windowOf({
    ...target,
    agesNs: new Map([[10, ageNs]]),
    stalls: stallsOf({ 'first-touch': { stallNs: pct * 1e8, faults: 900 } }, { refaultRatio }),
  });

describe.each([
  [coldStart, 2e9, 60e9],
  [newMemory, 60e9, 2e9],
])('$id', (rule, ageNs, otherNs) => {
  it('speaks at its age only', () => {
    expect(only(rule.check(touching(ageNs))).weightRatio).toBeCloseTo(0.2);
    expect(rule.check(touching(otherNs)).findings).toEqual([]);
  });

  it('is silent below 1 %, and of memory that was had before', () => {
    expect(isQuiet(rule, touching(ageNs, { pct: 0.9 }))).toBe(true);
    expect(rule.check(touching(ageNs, { refaultRatio: 9 })).findings).toEqual([]);
  });

  it('says why it could not look', () => {
    expect(rule.check(windowOf({ ...target, stalls: DENIED })).gaps).toMatchObject([{ field: 'faults' }]);
  });
});

describe('memory that is not there at the end of a window', () => {
  const window = (rssBytes: bigint) =>
    windowOf({
      ...target,
      processes: [{ tgid: 10, comm: 'arena', stat: { rssBytes } }],
      agesNs: new Map([[10, 60e9]]),
      stalls: stallsOf({ 'first-touch': { stallNs: 2e9, faults: 50_000 } }, { refaultRatio: 1.1 }),
    });

  it('was given back, though the window saw it touched only once', () => {
    expect(refaults.check(window(20n << 20n)).findings).toHaveLength(1);
    expect(newMemory.check(window(20n << 20n)).findings).toEqual([]);
  });

  it('was kept where the process grew by it', () => {
    expect(refaults.check(window(200n << 20n)).findings).toEqual([]);
    expect(newMemory.check(window(200n << 20n)).findings).toHaveLength(1);
  });
});
