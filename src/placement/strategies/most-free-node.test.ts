import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import type { Topology } from '../../model/topology.ts';
import { captured } from '../testing/machines.ts';
import { planOf, proposed, refusal } from '../testing/plans.ts';
import { situation } from '../testing/situations.ts';
import { mostFreeNode } from './most-free-node.ts';

const MIB = 1024 * 1024;

/** The same machine with so much free on its nodes. */
function withFree(topology: Topology, freeMib: Readonly<Record<number, number>>): Topology {
  const nodes = topology.nodes.map((node) => {
    const freeBytes = (freeMib[node.node] ?? 0) * MIB;
    return { ...node, memory: { totalBytes: 1000 * MIB, freeBytes } };
  });
  return { ...topology, nodes };
}

const pages = (node: number, mib: number) => ({ target: { byNode: new Map([[node, mib * MIB]]) } });

describe('the node with most free memory', () => {
  it('takes the process and its pages where theirs is nearly full', () => {
    const here = situation(withFree(captured('sparse-nodes'), { 0: 20, 2: 600 }), pages(0, 300));
    expect(planOf(mostFreeNode, here)).toBe('all -> 2-3 + preferred 2');
    expect(proposed(mostFreeNode, here)).toMatchObject({ isSlow: true, upToPct: null });
  });

  it('is never one without CPUs', () => {
    const free = { 0: 20, 1: 400, 2: 900 };
    expect(planOf(mostFreeNode, situation(withFree(captured('memory-only'), free), pages(0, 100)))).toBe(
      'all -> 2-3 + preferred 1',
    );
  });

  it('stays where there is room, where it does not fit, and where its cgroup forbids', () => {
    const topology = captured('sparse-nodes');
    const free = (a: number, b: number) => withFree(topology, { 0: a, 2: b });
    expect(refusal(mostFreeNode, situation(free(100, 600), pages(0, 300)))).toMatch(/has 100 MiB free/);
    expect(refusal(mostFreeNode, situation(free(20, 300), pages(0, 290)))).toMatch(/do not fit/);
    expect(refusal(mostFreeNode, situation(free(20, 600), pages(2, 300)))).toMatch(/on node 2 already/);
    const kept = situation(free(20, 600), { target: { memoryNodes: CpuSet.of(0) } });
    expect(refusal(mostFreeNode, kept)).toMatch(/of 1 NUMA node/);
  });
});
