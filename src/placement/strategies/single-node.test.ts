import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { captured } from '../testing/machines.ts';
import { planOf, proposed, refusal } from '../testing/plans.ts';
import { situation, UNKNOWN } from '../testing/situations.ts';
import { singleNode } from './single-node.ts';

const pages = (...byNode: [number, number][]) => ({ target: { byNode: new Map(byNode) } });

describe('the node of the pages', () => {
  it('is found by its number, which may have holes', () => {
    expect(planOf(singleNode, situation(captured('sparse-nodes'), pages([0, 1], [2, 9])))).toBe('all -> 2-3');
    expect(planOf(singleNode, situation(captured('interleaved'), pages([1, 9])))).toBe('all -> 1-7:2');
  });

  it('is the nearest one with CPUs where it has memory only', () => {
    // Node 2 is 24 from node 0 and 34 from node 1.
    const here = situation(captured('memory-only'), pages([2, 8], [1, 2]));
    expect(planOf(singleNode, here)).toBe('all -> 0-1');
    expect(proposed(singleNode, here).summary.en).toMatch(/nearest \(node 2 has no CPUs/);
    const second = { ...here, usable: CpuSet.of(2, 3) };
    expect(refusal(singleNode, second)).toMatch(/one NUMA node, 1/);
  });

  it('takes the direction of the distances that CPUs look in', () => {
    // From 1, node 0 is 14 away, from 2 it is 20, from 3 it is 30.
    const here = situation(captured('4n-asymmetric'), pages([0, 9]));
    expect(planOf(singleNode, { ...here, usable: CpuSet.of(1, 2, 3) })).toBe('all -> 1');
  });

  it('is not for memory that is spread, or unknown', () => {
    const topology = captured('4n-asymmetric');
    expect(refusal(singleNode, situation(topology, pages([0, 4], [1, 3], [2, 3])))).toMatch(
      /spread.*40\.0 %/,
    );
    expect(refusal(singleNode, situation(topology, { target: { byNode: UNKNOWN } }))).toMatch(/is not known/);
  });
});
