import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import {
  isSameProgram,
  type KeptCandidate,
  type KeptTrial,
  knownFrom,
  movesNow,
  type Reunion,
} from './kept-trial.ts';
import { trialOf } from './testing/kept-trials.ts';

const candidate = (name: string, verdict: KeptCandidate['verdict'], effectPct = -50): KeptCandidate => ({
  ...(trialOf().candidates[0] as KeptCandidate),
  name,
  verdict,
  effectPct,
});
const names = (all: readonly { readonly candidate: KeptCandidate }[]) => all.map((one) => one.candidate.name);

describe('what trials of a program say', () => {
  it('is of each candidate what the last one says that decided', () => {
    const trials: KeptTrial[] = [
      trialOf({ id: 't-3', candidates: [candidate('a', 'inconclusive'), candidate('b', 'no-difference')] }),
      trialOf({ id: 't-2', candidates: [candidate('a', 'helps'), candidate('b', 'helps')] }),
      trialOf({ id: 't-1', candidates: [candidate('a', 'hurts'), candidate('c', 'hurts', 64)] }),
    ];
    const { helps, hurts, all } = knownFrom(trials);
    expect(names(all)).toEqual(['c', 'b', 'a']);
    expect(helps.map(({ trial, candidate: { name } }) => [trial.id, name])).toEqual([['t-2', 'a']]);
    expect(names(hurts)).toEqual(['c']);
  });

  it('is open where none could decide, and stands behind those', () => {
    const trials = [
      trialOf({ id: 't-2', candidates: [candidate('a', 'inconclusive'), candidate('b', 'helps')] }),
      trialOf({ id: 't-1', candidates: [candidate('a', 'mixed')] }),
    ];
    const { all } = knownFrom(trials);
    expect(all.map(({ candidate: { name, verdict } }) => [name, verdict])).toEqual([
      ['b', 'helps'],
      ['a', 'inconclusive'],
    ]);
  });

  it('has the largest effect first', () => {
    const all = [candidate('small', 'helps', -20), candidate('large', 'helps', -80)];
    expect(names(knownFrom([trialOf({ candidates: all })]).helps)).toEqual(['large', 'small']);
  });
});

describe('the same program', () => {
  const { program } = trialOf();
  it.each([
    ['another file', { executable: '/srv/other' }],
    ['another call', { commandDigest: 'b'.repeat(64) }],
    ['another service', { unit: 'b.service' }],
  ])('is not %s', (_, changes) => {
    expect(isSameProgram(program, { ...program })).toBe(true);
    expect(isSameProgram(program, { ...program, ...changes })).toBe(false);
  });

  it('may give itself another name, but not where nothing else is known', () => {
    expect(isSameProgram(program, { ...program, comm: 'worker' })).toBe(true);
    const unknown = { ...program, executable: null };
    expect(isSameProgram(unknown, { ...unknown, comm: 'worker' })).toBe(false);
  });
});

describe('a kept candidate made again', () => {
  const kept = trialOf();
  const process = { tgid: 500, startTicks: 9n, comm: 'arena', unit: 'arena.service' };
  const now = (parts: Partial<Reunion> = {}): Reunion => ({
    target: process,
    isAlive: () => false,
    ofUnit: (unit) => (unit === 'backup.service' ? { ...process, tgid: 600, comm: 'zstd', unit } : null),
    threads: () => [
      { tid: 500, comm: 'main' },
      { tid: 501, comm: 'tick' },
    ],
    sessionOf: () => null,
    parseList: (list) => CpuSet.parseList(list),
    ...parts,
  });
  const made = (changes: Partial<KeptCandidate>, reunion = now()) =>
    movesNow({ ...(kept.candidates[0] as KeptCandidate), ...changes }, kept, reunion);

  it('finds the threads of the next run by their names', () => {
    expect(made({})).toMatchObject([{ tgid: 500, threads: [501], cpus: CpuSet.parseList('2-3') }]);
  });

  it('does not guess where another number of threads has the name', () => {
    const threads = () => [1, 2].map((tid) => ({ tid, comm: 'tick' }));
    expect(made({}, now({ threads }))).toMatchObject({
      because: { en: expect.stringContaining('other threads') },
    });
  });

  it('finds the process of a service, and says where another has ended', () => {
    const other = { tgid: 77, startTicks: 5n, comm: 'zstd', unit: 'backup.service' };
    const move = { process: other, threads: 'all', cpus: null, scheduling: null, memory: null } as const;
    expect(made({ moves: [move] })).toMatchObject([{ tgid: 600, comm: 'zstd', threads: 'all' }]);
    const gone = { ...move, process: { ...other, unit: null } };
    expect(made({ moves: [gone] })).toMatchObject({
      because: { en: 'zstd 77, which it is about, has ended' },
    });
  });

  it('lowers no session that is another by now', () => {
    const group = { kind: 'autogroup', session: 'autogroup-9', tgid: 77, comm: 'zstd', nice: 19 } as const;
    expect(made({ moves: [], groups: [group] })).toMatchObject({ because: {} });
    expect(made({ moves: [], groups: [group] }, now({ sessionOf: () => 'autogroup-9' }))).toEqual([]);
  });
});
