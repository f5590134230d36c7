import { describe, expect, it } from 'vitest';
import { captured, made } from '../testing/machines.ts';
import { planOf, refusal } from '../testing/plans.ts';
import { idle, situation, thread } from '../testing/situations.ts';
import { compact } from './compact.ts';

const talking = (count: number, runPct: number) => ({
  target: {
    threads: Array.from({ length: count }, (_, i) => thread(100 + i, { runPct, wakeUpsPerSec: 500 })),
  },
});

describe('neighbouring cores', () => {
  it('are as few as have room, behind one cache', () => {
    expect(planOf(compact, situation(captured('2s2c2t'), talking(2, 20)))).toBe('all -> 2-3');
    expect(planOf(compact, situation(made('made: strided siblings'), talking(4, 60)))).toBe(
      'all -> 20,24,28,52,56,60',
    );
  });

  it('are in the quieter cache', () => {
    const load = new Map([0, 1, 2, 3].map((cpu) => [cpu, idle({ othersPct: cpu < 2 ? 0 : 60 })]));
    expect(planOf(compact, situation(captured('dies'), { ...talking(2, 20), load }))).toBe('all -> 1');
  });

  it('are for threads that wake each other, and fit', () => {
    expect(refusal(compact, situation(captured('2s2c2t')))).toMatch(/^0 of its threads wake 100 times/);
    expect(refusal(compact, situation(captured('2s2c2t'), talking(8, 90)))).toMatch(/want.* 7\.2 CPUs/);
  });
});
