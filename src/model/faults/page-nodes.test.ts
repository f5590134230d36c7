import { describe, expect, it } from 'vitest';
import { homeNode, isRemoteHome, type NodeMemory, PageNodes, UNKNOWN_HOME } from './page-nodes.ts';

const MIB = 2 ** 20;
const span = (node: number, fromMib: number, toMib: number) => ({
  node,
  startBytes: fromMib * MIB,
  spannedBytes: (toMib - fromMib) * MIB,
});
/** Nodes 0 and 2 of 512 MiB and a bit more: block 4 lies on both. */
const MEMORY: NodeMemory = {
  blockBytes: 128 * MIB,
  nodes: new Map([
    [0, { blocks: [0, 1, 2, 3, 4], cpus: [0, 1] }],
    [2, { blocks: [4, 5, 6, 7, 32_768], cpus: [2, 3] }],
  ]),
  spans: [],
};
const SPANS = [span(0, 0, 16), span(0, 16, 520), span(2, 520, 1024), span(2, 700, 800), span(0, 900, 950)];

const told = (memory: NodeMemory, mebibyte: number | null, cpu: number) => {
  const home = new PageNodes(memory).homeOf(mebibyte, cpu);
  return home === UNKNOWN_HOME ? null : [homeNode(home), isRemoteHome(home)];
};

describe('the node of a page', () => {
  it('is that of the block of memory that it lies in', () => {
    expect(told(MEMORY, 1, 0)).toEqual([0, false]);
    expect(told(MEMORY, 511, 1)).toEqual([0, false]);
    expect(told(MEMORY, 640, 2)).toEqual([2, false]);
    expect(told(MEMORY, 32_768 * 128, 3)).toEqual([2, false]);
  });

  it('is remote for CPUs of other nodes', () => {
    expect(told(MEMORY, 1, 2)).toEqual([0, true]);
    expect(told(MEMORY, 700, 0)).toEqual([2, true]);
  });

  it('is that of the memory that spans it, in a block of two nodes', () => {
    const both = { ...MEMORY, spans: SPANS };
    expect(told(both, 519, 0)).toEqual([0, false]);
    expect(told(both, 520, 0)).toEqual([2, true]);
    // A block of one node tells more than a span with holes.
    expect(told(both, 920, 2)).toEqual([2, false]);
  });

  it('is that of the memory that spans it, without blocks', () => {
    const without = { ...MEMORY, blockBytes: null, spans: SPANS };
    expect(told(without, 20, 0)).toEqual([0, false]);
    expect(told(without, 750, 2)).toEqual([2, false]);
    expect(told(without, 920, 2)).toBeNull();
    expect(told(without, 1024, 2)).toBeNull();
  });

  it('is not known of a block on two nodes, of memory of no node, of a CPU of no node, and where nobody told', () => {
    expect(told(MEMORY, 4 * 128, 0)).toBeNull();
    expect(told(MEMORY, 2000, 0)).toBeNull();
    expect(told(MEMORY, 1, 9)).toBeNull();
    expect(told(MEMORY, null, 0)).toBeNull();
    expect(homeNode(UNKNOWN_HOME)).toBeNull();
  });
});
