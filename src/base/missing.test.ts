import { describe, expect, it } from 'vitest';
import {
  GapList,
  hintFor,
  isMissing,
  MISSING_REASONS,
  mapMaybe,
  missing,
  orNull,
  present,
} from './missing.ts';

const denied = missing('denied', '/proc/1/numa_maps', 'EACCES');

describe('a missing value', () => {
  it('is told from every other value', () => {
    expect(isMissing(denied)).toBe(true);
    for (const value of [0, '', null, undefined, 0n, false, [], {}, { missing: 'x' }])
      expect(isMissing(value)).toBe(false);
    expect([1, denied, 2].filter(present)).toEqual([1, 2]);
  });

  it('stays missing with its reason', () => {
    expect(mapMaybe<number, number>(denied, (value) => value + 1)).toBe(denied);
    expect(mapMaybe<number, number>(0, (value) => value + 1)).toBe(1);
    expect(orNull(denied)).toBeNull();
    expect(orNull(0)).toBe(0);
  });

  it.each(MISSING_REASONS)('%s has a hint in both languages', (reason) => {
    expect(hintFor(reason).en).not.toBe('');
    expect(hintFor(reason).ko).toMatch(/\p{Script=Hangul}/u);
  });
});

it('a list of gaps takes what is there and notes what is not', () => {
  const gaps = new GapList();
  expect(gaps.take('rssBytes', 0)).toBe(0);
  expect(gaps.gaps).toEqual([]);
  expect(gaps.take('byNode', denied)).toBeNull();
  expect(gaps.gaps).toEqual([
    {
      field: 'byNode',
      path: '/proc/1/numa_maps',
      reason: 'denied',
      hint: 'not permitted; run as root or as the owner of the process (EACCES)',
    },
  ]);
});
