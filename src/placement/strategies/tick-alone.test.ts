import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { captured } from '../testing/machines.ts';
import { planOf, proposed, refusal } from '../testing/plans.ts';
import { idle, situation, thread } from '../testing/situations.ts';
import { tickAlone } from './tick-alone.ts';

const load = (noisy: readonly number[]) =>
  new Map([0, 1, 2, 3, 4, 5, 6, 7].map((cpu) => [cpu, idle({ othersPct: noisy.includes(cpu) ? 80 : 0 })]));

describe('a core for the tick thread', () => {
  it('is a whole one with both siblings, however they are numbered', () => {
    expect(planOf(tickAlone, situation(captured('2s2c2t')))).toBe('100 -> 6-7; all -> 0-5');
    expect(planOf(tickAlone, situation(captured('2s2c2t-apart')))).toBe('100 -> 3,7; all -> 0-2,4-6');
  });

  it('is the quietest one, siblings counted', () => {
    const here = situation(captured('2s2c2t'), { load: load([7, 5, 1]) });
    expect(planOf(tickAlone, here)).toBe('100 -> 2-3; all -> 0-1,4-7');
    expect(proposed(tickAlone, here)).toMatchObject({ name: 'tick:2-3', upToPct: 2 });
  });

  it('leaves the only thread of a process alone on it', () => {
    const here = situation(captured('2s2c2t'));
    const single = { ...here, target: { ...here.target, threads: here.target.threads.slice(0, 1) } };
    expect(planOf(tickAlone, single)).toBe('100 -> 6-7');
  });

  it('needs a tick thread and a second core', () => {
    const topology = captured('2s2c2t');
    expect(refusal(tickAlone, situation(topology, { target: { threads: [thread(100)] } }))).toMatch(
      /^no thread/,
    );
    expect(refusal(tickAlone, situation(topology, { usable: CpuSet.of(2, 3) }))).toMatch(/1 core \(2-3\)/);
  });
});
