import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { made } from '../testing/machines.ts';
import { refusal } from '../testing/plans.ts';
import { busy, situation } from '../testing/situations.ts';
import { performanceCores } from './performance-cores.ts';

describe('performance cores', () => {
  it('are refused where there are none to use, only such, or too few', () => {
    const topology = made('made: hybrid');
    expect(refusal(performanceCores, situation(topology, { usable: CpuSet.range(8, 15) }))).toMatch(
      /^no perf/,
    );
    expect(refusal(performanceCores, situation(topology, { usable: CpuSet.range(0, 7) }))).toMatch(
      /^all CPUs/,
    );
    const threads = Array.from({ length: 5 }, (_, i) => busy(100 + i));
    expect(refusal(performanceCores, situation(topology, { target: { threads } }))).toMatch(/has room for 4/);
  });
});
