import { describe, expect, it } from 'vitest';
import { captured, made } from '../testing/machines.ts';
import { planOf, proposed, refusal } from '../testing/plans.ts';
import { busy, idle, situation, thread } from '../testing/situations.ts';
import { llcDomain } from './llc-domain.ts';

describe('one last-level cache', () => {
  it('is the one near the memory where all are equally quiet', () => {
    const pages = (node: number) => ({ target: { byNode: new Map([[node, 1e9]]) } });
    const topology = captured('2s2c2t-apart');
    expect(planOf(llcDomain, situation(topology, pages(0)))).toBe('all -> 0-1,4-5');
    expect(planOf(llcDomain, situation(topology, pages(1)))).toBe('all -> 2-3,6-7');
  });

  it('is the quieter one before that', () => {
    const load = new Map([0, 1, 2, 3].map((cpu) => [cpu, idle({ othersPct: cpu < 2 ? 60 : 0 })]));
    expect(planOf(llcDomain, situation(captured('dies'), { load }))).toBe('all -> 2-3');
  });

  it('can win back what moves cost at most', () => {
    const moving = thread(100, { runPct: 30, migrationsPerSec: 100 });
    expect(proposed(llcDomain, situation(captured('dies'), { target: { threads: [moving] } })).upToPct).toBe(
      5,
    );
  });

  it('needs several, larger than a core, and room in one', () => {
    expect(refusal(llcDomain, situation(captured('quota')))).toMatch(/share one last-level cache/);
    expect(refusal(llcDomain, situation(captured('interleaved')))).toMatch(/no domain to stay in/);
    const threads = Array.from({ length: 20 }, (_, i) => busy(100 + i));
    expect(refusal(llcDomain, situation(made('made: strided siblings'), { target: { threads } }))).toMatch(
      /want 19 CPUs, and llc:0 .* has room for 8/,
    );
  });
});
