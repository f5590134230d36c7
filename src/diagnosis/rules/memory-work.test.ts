import { describe, expect, it } from 'vitest';
import type { WorkKind } from '../../model/waits/memory-work.ts';
import type { Rule } from '../finding.ts';
import { DENIED, isQuiet, only, windowOf, workOf } from '../testing/windows.ts';
import { compaction } from './compaction.ts';
import { directReclaim } from './direct-reclaim.ts';
import { groupReclaim } from './group-reclaim.ts';
import { mapLock } from './map-lock.ts';

const target = { processes: [{ tgid: 10, comm: 'arena' }], target: new Set([10]) };
const held = (kind: WorkKind, ms: number, more = {}) =>
  windowOf({ ...target, memoryWork: workOf({ [kind]: ms }), ...more });

const KINDS: readonly (readonly [Rule, WorkKind, WorkKind])[] = [
  [directReclaim, 'reclaim', 'groupReclaim'],
  [groupReclaim, 'groupReclaim', 'reclaim'],
  [compaction, 'compaction', 'reclaim'],
  [mapLock, 'mapLock', 'compaction'],
];

describe.each(KINDS)('$id', (rule, kind, another) => {
  it('gives the share of the window for which the thread that was held most was held', () => {
    const found = only(rule.check(held(kind, 600)));
    expect(found).toMatchObject({ mark: 'F', severity: 'warning', isEstimate: false, subject: { tgid: 10 } });
    expect(found.weightRatio).toBeCloseTo(0.06);
    expect(found.evidence.slice(0, 2).map(({ value, unit }) => [value, unit])).toEqual([
      [6e8, 'Ns'],
      [100, 'times'],
    ]);
  });

  it('is silent below 1 %, and about the others', () => {
    expect(isQuiet(rule, held(kind, 90))).toBe(true);
    expect(isQuiet(rule, held(another, 5000))).toBe(true);
  });

  it('says why it could not look, and does not look at whole machines', () => {
    expect(rule.check(windowOf({ ...target, memoryWork: DENIED })).gaps).toMatchObject([
      { field: 'memoryWork', reason: 'denied' },
    ]);
    expect(rule.check(windowOf({ memoryWork: null }))).toEqual({ findings: [], closest: null, gaps: [] });
  });
});

it('tells of direct reclaim what the whole machine did', () => {
  const window = held('reclaim', 600, { vmstat: { allocstall_normal: 7, allocstall_movable: 5 } });
  expect(only(directReclaim.check(window)).evidence.at(-1)).toMatchObject({
    value: 12,
    source: '/proc/vmstat',
  });
});

it('has a full cgroup let have twice as much, as a change that can be taken back', () => {
  const group = {
    at: { version: 2, cgroup: '/a', folder: '/cg/a' },
    limit: { kind: 'max', bytes: 1n << 20n },
    usedBytes: 1n << 20n,
    hits: 9,
    refaults: 0,
    stalledNs: 0,
    tgids: [10],
  } as const;
  const [remedy] = only(groupReclaim.check(held('groupReclaim', 600, { memoryLimits: [group] }))).remedies;
  expect(remedy?.action).toEqual({
    kind: 'setting',
    setting: 'groupMemoryMax',
    at: '/cg/a',
    value: '2097152',
  });
});
