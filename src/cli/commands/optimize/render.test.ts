/** What a person reads of a trial: reports made by the race itself over planted rounds. */
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../../base/cpu-set.ts';
import type { Proposal } from '../../../placement/proposal.ts';
import { NO_GUARDS } from '../../../trial/block.ts';
import { summariseNoise } from '../../../trial/noise.ts';
import { WAITING } from '../../../trial/objective.ts';
import { Race, type RaceDesign, type RoundRecord, replay, tell } from '../../../trial/race.ts';
import { candidateReports, type TrialReport } from '../../../trial/report.ts';
import { TIMING } from '../../../trial/rules.ts';
import { cells, createLook } from '../../output/look.ts';
import { reportJson } from './json.ts';
import { reportMarkdown } from './markdown.ts';
import { reportLines } from './render.ts';
import { formatChange, formatInterval } from './values.ts';

const look = (language: 'en' | 'ko' = 'en', width = 80) =>
  createLook({ language, width, unicode: true, colour: false });

const proposal = (name: string, ko = name): Proposal => ({
  strategy: 's',
  name,
  summary: { en: name, ko },
  moves: [{ tgid: 7, comm: 'arena', threads: 'all', cpus: CpuSet.of(1), scheduling: null, memory: null }],
  groups: [],
  why: { en: '', ko: '' },
  expectedGain: { en: '', ko: '' },
  upToPct: null,
  risk: { en: '', ko: '' },
  isSlow: false,
});

/** @param levels waiting in ns by arm, the baseline first */
function reportFor(
  levels: readonly number[],
  parts: Partial<TrialReport> = {},
  mostRounds = 40,
): TrialReport {
  const proposals = levels.slice(1).map((_, i) => proposal(`llc:${i}`));
  const design: RaceDesign = {
    objective: WAITING,
    candidates: proposals.map(({ name }) => ({ name, waivedGuards: [] })),
    mostRounds,
    budgetNs: 180e9,
    seed: 5,
  };
  const race = new Race(design);
  const rounds: RoundRecord[] = [];
  for (let order = race.nextRound(); order !== null; order = race.nextRound()) {
    const blocks = order.map((arm) => ({
      value: (levels[arm] as number) * (1 + ((rounds.length * 7 + arm * 3) % 11) / 50),
      elapsedNs: 0.6e9,
      guards: { ...NO_GUARDS, othersDelayNs: arm === 0 ? 100e6 : 112e6 },
    }));
    rounds.push({ order, blocks });
    tell(race, { order, blocks });
  }
  const baseline = rounds.map(({ order, blocks }) => blocks[order.indexOf(0)]?.value as number);
  const result = race.result();
  return {
    target: { tgid: 7, comm: 'arena' },
    watched: { tids: [8], comm: 'tick', tickHz: 64, tickBy: 'counts', because: { en: 'steady', ko: '일정' } },
    goal: 'auto',
    objective: WAITING,
    design,
    timing: TIMING,
    candidates: candidateReports(WAITING, proposals, result),
    skipped: [],
    rounds,
    end: result.end,
    usedNs: result.usedNs,
    baseline,
    noise: summariseNoise(WAITING, baseline, [{ pressurePct: 38, stealNs: 0 }], 5),
    switches: 41,
    trialChange: 'c-1',
    keptChange: result.keptArm === null ? null : 'c-2',
    unseenOthers: null,
    afterwards: null,
    trial: null,
    ...parts,
  };
}

describe('the lines of a trial', () => {
  it('begin with what was kept and end with its undo', () => {
    const lines = reportLines(reportFor([4e6, 4.1e6, 1e6]), look());
    expect(lines[0]).toBe('HELPS: llc:1. Kept as c-2.');
    expect(lines[1]).toMatch(/^waiting per wake-up 4\.\d+ ms -> 1\.\d+ ms, -7\d % \(90 % interval/);
    expect(lines.join('\n')).toMatch(/ {2}llc:1 .* ▲ kept/);
    expect(lines.join('\n')).toContain('Price: all others together wait 12 ms a second longer for a CPU.');
    expect(lines.at(-1)).toBe('Next: keel undo c-2     keel why 7 --for 30s');
  });

  it('say that nothing helps, and what hurts', () => {
    const lines = reportLines(reportFor([1e6, 3e6]), look());
    expect(lines[0]).toMatch(/^NOTHING HELPS: none of 1 candidate/);
    expect(lines.join('\n')).toMatch(/▼ hurts/);
  });

  it('say what is open, and offer a longer trial', () => {
    const lines = reportLines(reportFor([1e6, 1.05e6], {}, 3), look());
    expect(lines[0]).toBe('INCONCLUSIVE: 3 rounds cannot tell about 1 of 1 candidate. Nothing was kept.');
    expect(lines.join('\n')).toContain('? llc:0: the rounds were not enough at this noise');
    expect(lines.at(-1)).toBe('Next: keel optimize 7 --budget 360s');
  });

  it('tell of a change that went wrong afterwards', () => {
    const afterwards = { watchedNs: 5e9, blocks: 8, wasUndone: true, wasCutShort: false };
    const lines = reportLines(reportFor([4e6, 1e6], { afterwards, keptChange: null }), look());
    expect(lines[0]).toBe('HELPED, THEN WENT WRONG: llc:0. It is undone again.');
    expect(lines.at(-1)).toContain('keel why 7');
  });

  it.each(['en', 'ko'] as const)('fit into 80 columns, with long and hostile names too (%s)', (language) => {
    const report = reportFor([4e6, 1e6, 4e6]);
    const hostile = `\x1b[2J${'very-long-name-'.repeat(8)}`;
    const candidates = report.candidates.map((one) => ({
      ...one,
      proposal: { ...one.proposal, name: hostile, summary: { en: hostile, ko: hostile } },
    }));
    for (const line of reportLines({ ...report, candidates }, look(language)).slice(2)) {
      expect(line).not.toContain('\x1b');
      expect(cells(line)).toBeLessThanOrEqual(80);
    }
  });
});

describe('the document of a trial', () => {
  it('has what other tools rely on, and no wider verdicts than they know', () => {
    const json = reportJson(reportFor([4e6, 1e6]));
    expect(json).toMatchObject({
      schema: 'keel.optimize/1',
      objective: 'waiting',
      kept: 'llc:0',
      change: 'c-2',
      candidates: [{ name: 'llc:0', verdict: 'helps', plan: [{ tgid: 7, threads: 'all', cpus: '1' }] }],
    });
    const mixed = reportFor([4e6, 1e6]);
    const candidates = mixed.candidates.map((one) => ({ ...one, verdict: 'mixed' as const, isKept: false }));
    expect(reportJson({ ...mixed, candidates }).candidates).toMatchObject([
      { verdict: 'inconclusive', because: expect.stringMatching(/^mixed: /) },
    ]);
  });

  it('holds all that the verdict was computed from', () => {
    const report = reportFor([4e6, 1e6, 4e6]);
    const { rounds } = JSON.parse(JSON.stringify(reportJson(report))) as { rounds: RoundRecord[] };
    const again = replay(report.design, rounds);
    expect(again.results.map((one) => one.verdict)).toEqual(report.candidates.map((one) => one.verdict));
    expect(again.keptArm).toBe(1);
  });
});

describe('the page of a trial', () => {
  it('lets no name become markup', () => {
    const report = reportFor([4e6, 1e6]);
    const evil = '# <script>|`x`';
    const [first] = report.candidates;
    if (first === undefined) throw new Error('there is a candidate');
    const candidates = [
      { ...first, proposal: { ...first.proposal, name: evil, summary: { en: evil, ko: evil } } },
    ];
    const page = reportMarkdown({ ...report, candidates }, '2026-01-01T00:00:00Z');
    const [outside] = page.split('```');
    expect(outside).not.toMatch(/(?<!\\)<script|(?<!\\)`x/);
    expect(page.match(/^```$/gm)).toHaveLength(2);
    expect(page).toMatch(/^# HELPS: /);
  });
});

describe('changes', () => {
  it.each([
    [-83.2, '-83 %'],
    [4.26, '+4.3 %'],
    [0.01, '0 %'],
    [1240, '+1,240 %'],
  ])('%s is %s', (pct, text) => {
    expect(formatChange(pct)).toBe(text);
  });

  it('have their ends in order', () => {
    expect(formatInterval([-89, -75]).en).toBe('-89 to -75 %');
    expect(formatInterval([-89, -75]).ko).toBe('-89 ~ -75 %');
  });
});
