import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import type { Topology } from '../../model/topology.ts';
import { captured } from '../testing/machines.ts';
import { planOf, proposed, refusal } from '../testing/plans.ts';
import { situation, thread, UNKNOWN } from '../testing/situations.ts';
import { pagesToThreads } from './pages-to-threads.ts';

const MIB = 1024 * 1024;

function withFree(topology: Topology, freeMib: number): Topology {
  const memory = { totalBytes: 1000 * MIB, freeBytes: freeMib * MIB };
  return { ...topology, nodes: topology.nodes.map((node) => ({ ...node, memory })) };
}

/** A program of two threads; CPUs 0-3 are node 0, 4-7 node 1. */
function program(cpus: readonly string[], byNode: Readonly<Record<number, number>>, freeMib = 900) {
  const threads = cpus.map((list, i) => thread(100 + i, { affinity: CpuSet.parseList(list) }));
  const pages = Object.entries(byNode).map(([node, mib]): [number, number] => [Number(node), mib * MIB]);
  return situation(withFree(captured('2s2c2t'), freeMib), { target: { threads, byNode: new Map(pages) } });
}

describe('the pages to the threads', () => {
  it('are moved where all threads are bound to another node', () => {
    const here = program(['0-3', '2'], { 0: 10, 1: 300 });
    expect(planOf(pagesToThreads, here)).toBe('all -> as it is + preferred 0');
    const { moves, why, isSlow } = proposed(pagesToThreads, here);
    expect(moves[0]?.memory?.migrate).toBe(true);
    expect(why.en).toMatch(
      /may run on 0-3 only, and 96\.8 % of its 310 MiB are on other nodes, distance \d+/,
    );
    expect(isSlow).toBe(true);
  });

  it('stay where the threads may run on both nodes, or are there', () => {
    expect(refusal(pagesToThreads, program(['0-3', '4-7'], { 1: 300 }))).toMatch(/may run on 2 NUMA nodes/);
    expect(refusal(pagesToThreads, program(['4-7', '4-7'], { 1: 300 }))).toMatch(
      /100 % of its pages are there/,
    );
    expect(refusal(pagesToThreads, program(['4'], { 0: 40, 1: 60 }))).toMatch(
      /60.0 % of its pages are there/,
    );
  });

  it('stay where they do not fit, are forbidden, or not known', () => {
    expect(refusal(pagesToThreads, program(['0-3'], { 1: 300 }, 310))).toMatch(/do not fit into the 310 MiB/);
    const here = program(['0-3'], { 1: 300 });
    const kept = { ...here, target: { ...here.target, memoryNodes: CpuSet.of(1) } };
    expect(refusal(pagesToThreads, kept)).toMatch(/no memory on node 0/);
    const blind = { ...here, target: { ...here.target, byNode: UNKNOWN } };
    expect(refusal(pagesToThreads, blind)).toMatch(/is not known/);
  });

  it('is not for machines of one node', () => {
    expect(refusal(pagesToThreads, situation(captured('single')))).toMatch(/one NUMA node/);
  });
});
