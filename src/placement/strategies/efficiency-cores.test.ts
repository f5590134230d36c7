import { describe, expect, it } from 'vitest';
import { captured, made } from '../testing/machines.ts';
import { planOf, refusal } from '../testing/plans.ts';
import { situation, thread } from '../testing/situations.ts';
import { efficiencyCores } from './efficiency-cores.ts';
import { performanceCores } from './performance-cores.ts';

const waiting = { target: { workload: 'io_bound', threads: [thread(100)] } } as const;

describe('cores by their type', () => {
  it('gives storage work the efficiency cores', () => {
    expect(planOf(efficiencyCores, situation(captured('hybrid-cores'), waiting))).toBe('all -> 4-9');
    expect(planOf(efficiencyCores, situation(made('made: hybrid'), waiting))).toBe('all -> 8-15');
  });

  it('keeps other work on performance cores', () => {
    expect(planOf(performanceCores, situation(captured('hybrid-cores')))).toBe('all -> 0-3');
    expect(refusal(performanceCores, situation(captured('hybrid-cores'), waiting))).toMatch(
      /waits for storage/,
    );
  });

  it('says no where all cores are alike, and to work that needs the speed', () => {
    for (const strategy of [efficiencyCores, performanceCores])
      expect(refusal(strategy, situation(captured('2s2c2t'), waiting))).toMatch(/of one type/);
    expect(refusal(efficiencyCores, situation(made('made: hybrid')))).toMatch(/is latency periodic/);
  });
});
