import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { planOf, refusal } from '../testing/plans.ts';
import { busy, situation } from '../testing/situations.ts';
import { coreWithSiblings } from './core-with-siblings.ts';

describe('one core with its siblings', () => {
  it('is a core of siblings, wherever they are numbered', () => {
    expect(planOf(coreWithSiblings, situation(captured('2s2c2t-apart')))).toBe('all -> 3,7');
    expect(planOf(coreWithSiblings, situation(captured('hybrid-cores')))).toBe('all -> 2-3');
  });

  it('needs siblings, and work that fits on one core', () => {
    expect(refusal(coreWithSiblings, situation(captured('dies')))).toMatch(/has SMT siblings/);
    const two = situation(captured('2s2c2t'), { target: { threads: [busy(100), busy(101)] } });
    expect(refusal(coreWithSiblings, two)).toBe('its threads want 1.9 CPUs, and core:3 (6-7) has room for 1');
  });
});
