import { expect, it } from 'vitest';
import { firstSafeRemedy, type Proof } from '../../../app/prove-remedy.ts';
import { diagnose } from '../../../diagnosis/diagnose.ts';
import { stallsOf, windowOf } from '../../../diagnosis/testing/windows.ts';
import { cells, createLook } from '../../output/look.ts';
import { proofOutput, provePlanLines } from './prove.ts';

const look = (language: 'en' | 'ko' = 'en') =>
  createLook({ language, width: 80, unicode: true, colour: false });
const target = { tgid: 10, comm: 'arena', startTicks: 1n, tid: null };
const findingsOf = (cause: 'huge-page' | 'copy-on-write') =>
  diagnose(
    windowOf({
      processes: [{ tgid: 10, comm: 'arena' }],
      target: new Set([10]),
      stalls: stallsOf({ [cause]: { stallNs: 3e9, faults: 900 } }),
    }),
  ).findings;
const plan = firstSafeRemedy(findingsOf('huge-page'), target);

it('takes the first remedy that can be switched, and none where a person has to act', () => {
  expect(plan).toMatchObject({
    finding: { rule: 'huge-pages' },
    action: { setting: 'hugePages', at: '', value: 'never' },
  });
  expect(firstSafeRemedy(findingsOf('copy-on-write'), target)).toBeNull();
});

function proof(more: Partial<Proof>): Proof {
  if (plan === null) throw new Error('no plan');
  const effect = { rounds: 12, value: 2, baseline: 30, effectPct: -92, intervalPct: [-95, -88] } as const;
  const because = { en: 'better in each round', ko: '매번 나아짐' };
  return {
    plan,
    end: 'won',
    before: 'always',
    verdict: 'helps',
    because,
    ...effect,
    keptChange: 'c-7',
    ...more,
  };
}

it('says the effect with its interval, and how to undo what is kept', () => {
  expect(proofOutput(proof({})).lines(look())).toEqual([
    'IT HELPS: hugePages always -> never',
    'held by page faults 30.0 % -> 2.0 % of the time: -92 % (-95 to -88), 12 rounds',
    'better in each round',
    'Kept as c-7 until the machine restarts. undo: keel undo c-7',
  ]);
});

it('says that the setting was put back where nothing is proven', () => {
  const output = proofOutput(proof({ verdict: 'no-difference', keptChange: null }));
  expect(output.lines(look()).at(-1)).toBe('It was put back, and read back.');
  expect(output.json).toMatchObject({ verdict: 'no-difference', change: null, baselineStallPct: 30 });
});

it.each(['en', 'ko'] as const)('fits the terminal in %s', (language) => {
  if (plan === null) throw new Error('no plan');
  for (const line of [
    ...provePlanLines(plan, look(language)),
    ...proofOutput(proof({})).lines(look(language)),
  ]) {
    expect(cells(line)).toBeLessThanOrEqual(80);
  }
});
