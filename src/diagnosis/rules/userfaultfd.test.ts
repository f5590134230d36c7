import { expect, it } from 'vitest';
import { DENIED, isQuiet, only, waitsOf, windowOf } from '../testing/windows.ts';
import { userfaultfd } from './userfaultfd.ts';

const target = { processes: [{ tgid: 10, comm: 'arena' }], target: new Set([10]) };
const waited = (looks: number, of = 1000) =>
  windowOf({ ...target, waits: waitsOf({ userfaultfd: looks }, { looks: of }) });

it('gives the share of the looks at which a thread waited for the handler', () => {
  const found = only(userfaultfd.check(waited(300)));
  expect(found).toMatchObject({ mark: 'F', severity: 'critical', subject: { tgid: 10, tid: 10 } });
  expect(found.weightRatio).toBeCloseTo(0.3);
});

it('is silent below 1 %, and of so few looks that they may be one fault', () => {
  expect(isQuiet(userfaultfd, waited(9))).toBe(true);
  expect(userfaultfd.check(waited(2, 100)).findings).toEqual([]);
});

it('does not speak of other waits', () => {
  expect(isQuiet(userfaultfd, windowOf({ ...target, waits: waitsOf({ lock: 900 }) }))).toBe(true);
});

it('says why it could not look, and does not look at whole machines', () => {
  expect(userfaultfd.check(windowOf({ ...target, waits: DENIED })).gaps).toMatchObject([{ field: 'waits' }]);
  expect(userfaultfd.check(windowOf({}))).toEqual({ findings: [], closest: null, gaps: [] });
});
