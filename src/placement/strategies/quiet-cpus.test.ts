import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { planOf, proposed, refusal } from '../testing/plans.ts';
import { busy, idle, situation, UNKNOWN } from '../testing/situations.ts';
import { quietCpus } from './quiet-cpus.ts';

const load = (noise: Readonly<Record<number, Parameters<typeof idle>[0]>>) =>
  new Map([0, 1, 2, 3, 4, 5, 6, 7].map((cpu) => [cpu, idle(noise[cpu])]));

describe('quiet CPUs', () => {
  it('are whole cores without load of others, interrupts or steal on either sibling', () => {
    const noise = { 0: { interruptPct: 30 }, 3: { stealPct: 20 }, 5: { othersPct: 80 } };
    const here = situation(captured('2s2c2t'), { load: load(noise) });
    expect(planOf(quietCpus, here)).toBe('all -> 6-7');
    expect(planOf(quietCpus, { ...here, topology: captured('2s2c2t-apart') })).toBe('all -> 2,6');
  });

  it('are as many as the process needs', () => {
    const target = { threads: [busy(100), busy(101)] };
    const here = situation(captured('2s2c2t'), { target, load: load({ 0: { othersPct: 90 } }) });
    expect(planOf(quietCpus, here)).toBe('all -> 4-7');
    expect(proposed(quietCpus, here)).toMatchObject({ upToPct: 5 });
  });

  it('are refused where all are alike, all are needed, or nothing is known', () => {
    const topology = captured('2s2c2t');
    expect(refusal(quietCpus, situation(topology))).toMatch(/equally loaded/);
    const threads = Array.from({ length: 9 }, (_, i) => busy(100 + i));
    expect(refusal(quietCpus, situation(topology, { target: { threads } }))).toMatch(/takes all 4 cores/);
    expect(refusal(quietCpus, situation(topology, { load: UNKNOWN }))).toMatch(/is not known/);
  });
});
