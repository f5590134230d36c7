import { describe, expect, it } from 'vitest';
import type { Recommended } from '../../../app/recommend-placement.ts';
import { NEVER_TRIED } from '../../../app/tried-before.ts';
import type { Watched } from '../../../app/watch-window.ts';
import type { Finding } from '../../../diagnosis/finding.ts';
import type { LateCause } from '../../../model/late/causes.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import { type KeptCandidate, knownFrom } from '../../../trial/kept-trial.ts';
import { trialOf } from '../../../trial/testing/kept-trials.ts';
import { createLook } from '../../output/look.ts';
import { partsText } from './evidence.ts';
import { headlineOf } from './headline.ts';
import { hosterSection } from './hoster.ts';
import { offerLine, offerOf } from './offer.ts';
import { triedSection } from './tried.ts';

const look = createLook({ language: 'en', width: 80, unicode: true, colour: false });

function lateBy(byCause: Partial<Record<LateCause, number>> = {}): WatchedLate {
  const shares = Object.entries(byCause).map(([cause, lateNs]) => ({ cause, lateNs, moments: 3, by: [] }));
  const lateNs = shares.reduce((sum, one) => sum + one.lateNs, 0);
  const summary = { lateNs, moments: shares.length * 3, byCause: shares };
  return { target: { tgid: 10, tid: null, comm: 'arena' }, elapsedNs: 10e9, summary } as never;
}

function finding(rule: string, tgid: number | null, verdict: string): Finding {
  const subject = tgid === null ? null : { tgid, tid: null, comm: 'arena' };
  const evidence = [{ text: { en: 'seen', ko: '관찰' }, value: 12, unit: 'Pct', source: 'x' }];
  return { rule, subject, verdict: { en: verdict, ko: verdict }, evidence } as never;
}

const watched = (...findings: Finding[]): Watched => ({ diagnosis: { findings }, ended: [] }) as never;

describe('the headline', () => {
  const short = finding('cpu-pressure', null, 'CPUS ARE SHORT');

  it('is about the process, though a finding about the machine is heavier', () => {
    const { process, machine } = headlineOf(lateBy(), watched(short, finding('x', 10, 'LATE: arena 10')));
    expect(process.en).toBe('LATE: arena 10');
    expect(machine?.en).toBe('The machine as a whole: CPUS ARE SHORT');
  });

  it('names the process where the finding names only who was in its way', () => {
    const { process, machine } = headlineOf(lateBy(), watched(finding('x', 10, 'HELD BY: node 77')));
    expect(process.en).toBe('arena 10: HELD BY: node 77');
    expect(machine).toBeNull();
  });

  it('tells its late time where no finding is about it', () => {
    const { process } = headlineOf(lateBy({ behind: 3e8, interrupt: 1e8 }), watched(short));
    expect(process.en).toBe('LATE: arena 10 by 400 ms in 10 s; 75.0 % of it: waiting behind other tasks');
  });

  it('says that nothing was seen of it', () => {
    const { process } = headlineOf(lateBy(), watched(short));
    expect(process.en).toBe('NOTHING UNSTEADY in arena 10 in 10 s');
  });
});

describe('what to ask the hoster for', () => {
  it('is there only for a quota or steal', () => {
    expect(hosterSection(lateBy({ behind: 9e9 }), [finding('cpu-pressure', null, 'x')], look)).toBeNull();
  });

  it('carries the numbers of the finding, or the late time where there is none', () => {
    const texts = (late: WatchedLate, ...findings: Finding[]) =>
      hosterSection(late, findings, look)?.blocks.map((one) => (one.kind === 'text' ? one.text.en : ''));
    const [quota, ...more] = texts(lateBy(), finding('throttled', 10, 'x')) ?? [];
    expect(quota).toMatch(/^CPU quota used up \(seen 12\.0.%\)\. Please raise the CPU quota/);
    expect(more).toEqual([]);
    expect(texts(lateBy({ steal: 1e8 }))?.[0]).toContain('(100 ms of 10 s)');
    expect(texts(lateBy({ steal: 9e7 }))).toBeUndefined();
  });
});

describe('the offer', () => {
  const [candidate] = trialOf().candidates;
  const recommended = (tried: Partial<Recommended['tried']>, choice: unknown = null): Recommended =>
    ({
      tried: { ...NEVER_TRIED, ...tried },
      recommendation: { choice },
      measured: { target: { tgid: 10 } },
    }) as never;
  const proven = { helps: [{ trial: trialOf(), candidate: { ...candidate, name: 'a b' } }] as never };

  it('is what a trial has proven, unless it is in force', () => {
    const offer = offerOf(recommended(proven));
    expect(offer?.words).toEqual(['optimize', '10', '--apply', 'a b']);
    expect(offer && offerLine(offer).en).toBe(
      "Proven by a trial; changes arena 100: keel optimize 10 --apply 'a b'",
    );
    expect(offerOf(recommended({ ...proven, inForce: 'c-3' }))).toBeNull();
  });

  it('is else the placement that is advised, and nothing where there is none', () => {
    const move = {
      tgid: 10,
      comm: 'zstd',
      threads: 'all',
      cpus: null,
      scheduling: { nice: -5 },
      memory: null,
    };
    const offer = offerOf(recommended({}, { moves: [move] }));
    expect(offer?.words).toEqual(['pin', '10', '--nice', '-5', '--for', '10m']);
    expect(offer && offerLine(offer).ko).toContain('zstd 10을(를) 바꿈');
    expect(offerOf(recommended({}))).toBeNull();
  });
});

describe('what was tried', () => {
  const candidate = trialOf().candidates[0] as KeptCandidate;
  const because = { en: 'the interval is too wide', ko: '구간이 너무 넓음' };
  const verdicts = ['helps', 'hurts', 'no-difference', 'inconclusive'] as const;
  const trial = trialOf({
    candidates: verdicts.map((verdict) => ({ ...candidate, name: verdict, verdict, because })),
  });
  const section = triedSection(
    { late: lateBy(), recommended: { tried: { ...NEVER_TRIED, ...knownFrom([trial]) } } } as never,
    look,
  );

  it('has every verdict, with its interval and its trial', () => {
    const [table] = section.blocks;
    if (table?.kind !== 'table') throw new Error('a table comes first');
    expect(table.rows.map(([, verdict]) => verdict?.en)).toEqual([
      '▲ helps',
      '▼ hurts',
      '= no diff.',
      '? open',
    ]);
    expect(table.rows[0]?.map((one) => one.en).slice(2)).toEqual([
      '-83.0 %',
      '-89 to -75 %',
      '12',
      't-6, 2026-01-01',
    ]);
  });

  it('says why an answer is none, and among what noise', () => {
    const texts = section.blocks.flatMap((one) => (one.kind === 'text' ? [one.text.en] : []));
    expect(texts[0]).toBe('inconclusive: the interval is too wide.');
    expect(texts[1]).toContain('t-6 judged 4 candidates by waiting per wake-up');
    expect(texts[1]).toContain(
      'Noise: PSI CPU 38-41 %, steal 0 ms, drift -3.6 %; "leave alone" against itself -6.9 to +5.3 %.',
    );
    expect(texts).toHaveLength(2);
  });
});

describe('a long moment', () => {
  const behind = (atNs: number, lengthNs: number, name: string) => ({
    ...{ atNs, lengthNs, label: 'behind' as const },
    by: { tid: 20, tgid: 20, name },
  });

  it('is told by its parts, which add up to it: small ones and those not kept are others', () => {
    const parts = [behind(0, 100e6, 'zstd'), behind(100e6, 1e6, 'cron'), behind(101e6, 40e6, 'zstd')];
    expect(partsText({ parts, lateNs: 200e6 }, look)).toBe(
      '140 ms waiting behind other tasks: zstd + 60 ms others',
    );
    expect(partsText({ parts, lateNs: 141e6 }, look)).toBe('140 ms waiting behind other tasks: zstd');
  });
});
