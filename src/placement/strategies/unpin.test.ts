import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { captured } from '../testing/machines.ts';
import { planOf, refusal } from '../testing/plans.ts';
import { situation, thread, tick } from '../testing/situations.ts';
import { unpin } from './unpin.ts';

describe('taking pins away', () => {
  it('gives back what the cpuset allows, not more', () => {
    const target = { threads: [tick(100, { affinity: CpuSet.of(2) }), thread(101)] };
    const here = situation(captured('2s2c2t'), { target, usable: CpuSet.range(2, 5) });
    expect(planOf(unpin, here)).toBe('all -> 2-5');
  });

  it('has nothing to do where no thread is pinned, or to offline CPUs at most', () => {
    expect(refusal(unpin, situation(captured('2s2c2t')))).toBe('no thread is pinned: all may use 0-7');
    expect(refusal(unpin, situation(captured('offline-cpu')))).toMatch(/^no thread is pinned/);
  });
});
