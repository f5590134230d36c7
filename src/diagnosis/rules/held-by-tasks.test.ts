import { describe, expect, it } from 'vitest';
import type { LateCause } from '../../model/late/causes.ts';
import { diagnose } from '../diagnose.ts';
import type { Rule } from '../finding.ts';
import { DENIED, isQuiet, lateOf, only, windowOf } from '../testing/windows.ts';
import { heldByTasks } from './held-by-tasks.ts';
import { interrupted } from './interrupted.ts';
import { waitsForLocks } from './waits-for-locks.ts';
import { wakesLate } from './wakes-late.ts';

const HOG = { tid: 21, tgid: 20, name: 'zstd-worker' };
const HOLDER = { tid: 11, tgid: 10, name: 'saver' };
const NET = { tid: null, tgid: null, name: 'NET_RX' };
const target = {
  processes: [
    { tgid: 10, comm: 'arena', threads: [{ runDelayNs: 2_000_000_000n }] },
    { tgid: 20, comm: 'zstd' },
  ],
  target: new Set([10]),
  units: new Map([[20, 'backup.service']]),
};
const late = (cause: LateCause, pct: number, by = HOG as typeof HOG | typeof NET) =>
  windowOf({ ...target, late: lateOf({ [cause]: { lateNs: pct * 1e8, by } }) });

const KINDS: readonly (readonly [Rule, LateCause])[] = [
  [heldByTasks, 'behind'],
  [waitsForLocks, 'lock'],
  [wakesLate, 'wake-up'],
  [interrupted, 'softirq'],
];

describe.each(KINDS)('%o', (rule, cause) => {
  it('gives the share of the time, from 1 % on, and the worst moment to look at', () => {
    const found = only(rule.check(late(cause, 6)));
    expect(found).toMatchObject({ severity: 'warning', subject: { tgid: 10 }, isEstimate: false });
    expect(found.weightRatio).toBeCloseTo(0.06);
    expect(found.remedies.at(-1)?.command).toBe('keel late 10 --show 1');
    expect(isQuiet(rule, late(cause, 0.9))).toBe(true);
  });

  it('is not about other causes', () => {
    for (const [, other] of KINDS) if (other !== cause) expect(isQuiet(rule, late(other, 50))).toBe(true);
  });

  it('says why it could not look, and does not look at whole machines', () => {
    expect(rule.check(windowOf({ ...target, late: DENIED }))).toMatchObject({
      closest: null,
      gaps: [{ field: 'late', reason: 'denied' }],
    });
    expect(rule.check(windowOf({ late: null }))).toEqual({ findings: [], closest: null, gaps: [] });
  });
});

it('names the process that had the CPU, with its unit, and what to try', () => {
  const found = only(heldByTasks.check(late('preempted', 20)));
  expect(found.verdict.en).toBe('LATE BECAUSE OTHER TASKS HAD ITS CPU: zstd 20 (backup.service)');
  expect(found.remedies[0]).toMatchObject({ command: 'keel optimize 10', undo: 'keel undo' });
});

it('names the thread that released a lock, and the interrupt', () => {
  const locks = windowOf({ ...target, late: lateOf({ lock: { lateNs: 2e9, by: HOLDER } }) });
  expect(only(waitsForLocks.check(locks)).verdict.en).toBe('LATE BECAUSE OF LOCKS, NOT OF THE CPU: saver 11');
  const softirqs = only(interrupted.check(late('softirq', 20, NET)));
  expect(softirqs.verdict.ko).toBe('늦은 이유: CPU가 인터럽트를 처리함 (NET_RX)');
});

it('of one wait, what was watched comes before what was counted', () => {
  const { findings } = diagnose(late('behind', 15));
  expect(findings.map((one) => one.rule)).toEqual(['held-by-tasks', 'waits-for-cpu']);
});

it('is evidence against where it held nobody', () => {
  const [first] = diagnose(late('lock', 20)).findings;
  expect(first?.rule).toBe('waits-for-locks');
  expect(first?.against.map((one) => one.text.en)).toContain('late behind other tasks');
});
