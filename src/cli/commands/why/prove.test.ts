import { describe, expect, it } from 'vitest';
import type { OncePlan, OnceProof } from '../../../app/prove-once.ts';
import { chooseRemedy, type Proof, type ProvePlan, safeRemedies } from '../../../app/prove-remedy.ts';
import { diagnose } from '../../../diagnosis/diagnose.ts';
import type { SettingAction } from '../../../diagnosis/remedy-action.ts';
import { stallsOf, windowOf } from '../../../diagnosis/testing/windows.ts';
import type { FaultCause } from '../../../model/faults/cause.ts';
import { cells, createLook } from '../../output/look.ts';
import { proofOutput, provePlanLines } from './prove.ts';
import { onceOutput, oncePlanLines } from './prove-once.ts';

const look = (language: 'en' | 'ko' = 'en') =>
  createLook({ language, width: 80, unicode: true, colour: false });
const target = { tgid: 10, comm: 'arena', startTicks: 1n, tid: null };
const findingsOf = (cause: FaultCause) =>
  diagnose(
    windowOf({
      processes: [{ tgid: 10, comm: 'arena' }],
      target: new Set([10]),
      stalls: stallsOf({ [cause]: { stallNs: 3e9, faults: 900 } }),
    }),
  ).findings;
const plan = chooseRemedy(
  safeRemedies(findingsOf('huge-page'), target),
  undefined,
) as ProvePlan<SettingAction>;

it('takes the first remedy that can be switched, and none where a person has to act', () => {
  expect(plan).toMatchObject({
    finding: { rule: 'huge-pages' },
    action: { setting: 'hugePages', at: '', value: 'never' },
  });
  expect(chooseRemedy(safeRemedies(findingsOf('copy-on-write'), target), undefined)).toBeNull();
});

function proof(more: Partial<Proof>): Proof {
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

it('goes by the name where one is given', () => {
  const plans = safeRemedies(findingsOf('file-read'), target);
  expect(plans.map(({ action }) => action)).toEqual([{ kind: 'warm' }, { kind: 'lock', what: 'files' }]);
  expect(chooseRemedy(plans, undefined)?.action).toEqual({ kind: 'warm' });
  expect(chooseRemedy(plans, 'lock')?.action).toEqual({ kind: 'lock', what: 'files' });
  expect(chooseRemedy(plans, 'swappiness')).toBeNull();
});

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
  for (const line of [
    ...provePlanLines(plan, look(language)),
    ...proofOutput(proof({})).lines(look(language)),
  ]) {
    expect(cells(line)).toBeLessThanOrEqual(80);
  }
});

describe('what is done once', () => {
  const [warm] = safeRemedies(findingsOf('file-read'), target) as [ProvePlan];
  const before = { files: [], residentBytes: 0, swapBytes: 5 * 2 ** 20, swapCachedBytes: null };
  const once: OncePlan = {
    what: 'warm',
    plan: { target, wish: 'warm', only: null, mappings: [], before, availableBytes: null },
  };
  const once8: OnceProof = {
    verdict: 'helps',
    because: { en: 'lower than before', ko: '전보다 낮음' },
    baseline: 40,
    value: 0,
    effectPct: -99,
    blocks: 8,
    majorsBeforePerSec: 512.3,
    majorsAfterPerSec: 0,
    keptChange: null,
    notedAs: 'c-9',
  };

  it('has its price before, and majors and stall before and after', () => {
    expect(oncePlanLines(warm, once, look())[1]).toBe('  ~ warm arena 10: up to 5 MiB come in');
    const output = onceOutput(warm, once, once8);
    expect(output.lines(look())).toEqual([
      'IT HELPS: warm',
      'held by page faults 40.0 % -> 0.0 % of the time (-99 %); major faults 512 -> 0 a',
      'second',
      'lower than before',
      'What came in may go again. To keep it: keel why 10 --prove --remedy lock',
    ]);
    expect(output.json).toMatchObject({ remedy: 'warm', majorFaultsPerSec: 0, change: null, noted: 'c-9' });
  });

  it.each(['en', 'ko'] as const)('fits the terminal in %s', (language) => {
    const kept = { ...once8, keptChange: 'c-10' };
    for (const line of [
      ...oncePlanLines(warm, once, look(language)),
      ...[once8, kept].flatMap((proof) => onceOutput(warm, once, proof).lines(look(language))),
    ]) {
      expect(cells(line)).toBeLessThanOrEqual(80);
    }
  });
});
