import { describe, expect, it } from 'vitest';
import type { FaultCause } from '../../model/faults/cause.ts';
import { diagnose } from '../diagnose.ts';
import type { Rule } from '../finding.ts';
import { DENIED, isQuiet, only, stallsOf, windowOf } from '../testing/windows.ts';
import { coldFiles } from './cold-files.ts';
import { faultStalls } from './fault-stalls.ts';
import { forkCopies } from './fork-copies.ts';
import { hugePages } from './huge-pages.ts';
import { refaults } from './refaults.ts';

const target = { processes: [{ tgid: 10, comm: 'arena' }], target: new Set([10]) };
/** Ten seconds of which `pct` were stalled for a cause. */
const stalled = (cause: FaultCause, pct: number, more = {}) =>
  windowOf({ ...target, stalls: stallsOf({ [cause]: { stallNs: pct * 1e8, faults: 50 } }, more) });

const KINDS: readonly (readonly [Rule, FaultCause])[] = [
  [coldFiles, 'read-ahead-wait'],
  [hugePages, 'huge-page'],
  [forkCopies, 'copy-on-write'],
];

describe.each([[faultStalls, 'blocked'] as const, ...KINDS])('$id', (rule, cause) => {
  it('gives the measured share, from 1 % on', () => {
    const found = only(rule.check(stalled(cause, 6)));
    expect(found).toMatchObject({ mark: 'F', severity: 'warning', isEstimate: false, subject: { tgid: 10 } });
    expect(found.weightRatio).toBeCloseTo(0.06);
    expect(found.evidence.slice(0, 2).map(({ value, unit }) => [value, unit])).toEqual([
      [6e8, 'Ns'],
      [50, 'faults'],
    ]);
    expect(isQuiet(rule, stalled(cause, 0.9))).toBe(true);
  });

  it('weighs at most all of the time, though several threads may be held at once', () => {
    expect(only(rule.check(stalled(cause, 350))).weightRatio).toBe(1);
  });

  it('says why it could not look, and does not look at whole machines', () => {
    expect(rule.check(windowOf({ ...target, stalls: DENIED }))).toMatchObject({
      closest: null,
      gaps: [{ field: 'faults', reason: 'denied' }],
    });
    expect(rule.check(windowOf({ stalls: null }))).toEqual({ findings: [], closest: null, gaps: [] });
  });
});

it.each(KINDS)('%o is not about other causes', (rule) => {
  expect(isQuiet(rule, stalled('blocked', 50))).toBe(true);
});

it('names the file that was waited for most', () => {
  const found = only(coldFiles.check(stalled('file-read', 5, { file: '/srv/arena_03.pak' })));
  expect(found.evidence.map((one) => one.text.en)).toContain('/srv/arena_03.pak');
  expect(found.remedies.map((one) => one.command)).toEqual(['keel warm 10', 'keel lock 10 --files']);
});

describe('refaults', () => {
  it('are not what was read ahead from swap', () => {
    const by = (swapIns: number) =>
      refaults.check(
        windowOf({
          processes: [{ tgid: 10, comm: 'arena' }],
          target: new Set([10]),
          stalls: stallsOf(
            { 'first-touch': { stallNs: 5e9, faults: 7000 }, 'swap-in': { stallNs: 1e9, faults: swapIns } },
            { refaultRatio: 9 },
          ),
        }),
      ).findings.length;
    expect([by(1000), by(100)]).toEqual([0, 1]);
  });

  it('speaks of the same pages, not of new ones', () => {
    expect(refaults.check(stalled('first-touch', 5, { refaultRatio: 1.2 })).findings).toEqual([]);
    const found = only(refaults.check(stalled('first-touch', 5, { refaultRatio: 199 })));
    expect(found.evidence.at(-1)).toMatchObject({ value: 199 });
  });
});

it('of one stall, the finding that says its cause comes first', () => {
  const { findings } = diagnose(stalled('huge-page', 20));
  expect(findings.map((one) => one.rule)).toEqual(['huge-pages', 'fault-stalls']);
});

it('is evidence against where faults held nobody', () => {
  const window = windowOf({ ...target, pressurePct: { memory: 50 } });
  expect(diagnose(window).findings[0]?.against.map((one) => one.text.en)).toContain('held by page faults');
});
