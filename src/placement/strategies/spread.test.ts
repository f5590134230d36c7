import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { planOf, refusal } from '../testing/plans.ts';
import { busy, situation } from '../testing/situations.ts';
import { spread } from './spread.ts';

const two = { target: { threads: [busy(100), busy(101)] } };

describe('one CPU of each core', () => {
  it('leaves the siblings free, wherever they are numbered', () => {
    expect(planOf(spread, situation(captured('2s2c2t'), two))).toBe('all -> 0-6:2');
    expect(planOf(spread, situation(captured('2s2c2t-apart'), two))).toBe('all -> 0-3');
  });

  it('is for two busy threads up to one for each core, with siblings to leave free', () => {
    expect(refusal(spread, situation(captured('dies'), two))).toMatch(/is a core already/);
    expect(refusal(spread, situation(captured('2s2c2t')))).toMatch(/^0 busy threads and 4 cores/);
  });
});
