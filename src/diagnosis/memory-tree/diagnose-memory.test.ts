import { describe, expect, it } from 'vitest';
import { RULES } from '../rules/index.ts';
import { DENIED, stallsOf, type WindowParts, waitsOf, windowOf, workOf } from '../testing/windows.ts';
import type { Answered, Branch } from './branch.ts';
import { diagnoseMemory } from './diagnose-memory.ts';
import { MEMORY_TREE } from './index.ts';

const target = { processes: [{ tgid: 10, comm: 'arena' }], target: new Set([10]) };
const diagnosed = (parts: WindowParts) => diagnoseMemory(windowOf({ ...target, ...parts }));

function idsOf(branches: readonly Branch[]): string[] {
  return branches.flatMap((branch) => [branch.id, ...idsOf(branch.next)]);
}

function leavesOf(branches: readonly Branch[]): string[] {
  return branches.flatMap(({ id, next }) => (next.length === 0 ? [id] : leavesOf(next)));
}

function answersOf(tree: readonly Answered[]): Record<string, string> {
  return Object.assign({}, ...tree.map(({ id, answer, next }) => ({ [id]: answer, ...answersOf(next) })));
}

describe('the tree', () => {
  it('asks every question once, and its leaves are rules', () => {
    const ids = idsOf(MEMORY_TREE);
    expect(new Set(ids).size).toBe(ids.length);
    const rules = RULES.map((rule) => rule.id);
    const leaves = leavesOf(MEMORY_TREE).filter((id) => id !== 'elsewhere');
    expect(leaves.filter((id) => !rules.includes(id))).toEqual([]);
    expect(leaves.length).toBeGreaterThan(10);
  });

  it('goes by way of stall to the cause', () => {
    const { tree, causes } = diagnosed({
      stalls: stallsOf({ 'huge-page': { stallNs: 3e9, faults: 900 } }),
    });
    expect(answersOf(tree)).toMatchObject({
      'held-by-faults': 'yes',
      storage: 'no',
      minor: 'yes',
      'huge-pages': 'yes',
      refaults: 'no',
      'held-by-work': 'no',
    });
    expect(causes.map((cause) => cause.rule)).toEqual(['huge-pages']);
  });

  it('finds work on memory where faults hold nobody', () => {
    const { tree, causes } = diagnosed({ memoryWork: workOf({ mapLock: 4000, compaction: 900 }) });
    expect(answersOf(tree)).toMatchObject({
      'held-by-faults': 'no',
      'held-by-work': 'yes',
      'map-lock': 'yes',
    });
    expect(causes.map((cause) => cause.rule)).toEqual(['map-lock', 'compaction']);
  });

  it('does not take what the hypervisor took for a cause in memory', () => {
    const { tree, causes } = diagnosed({ cpus: [{ stealNs: 5 }, {}] });
    expect(answersOf(tree)).toMatchObject({ steal: 'yes' });
    expect(causes).toEqual([]);
  });

  it('says of what it could not ask that it is unknown', () => {
    const { tree, causes, elsewhere } = diagnosed({ stalls: DENIED, waits: DENIED, memoryWork: DENIED });
    expect(answersOf(tree)).toMatchObject({
      'held-by-faults': 'unknown',
      storage: 'unknown',
      'map-lock': 'unknown',
      elsewhere: 'unknown',
    });
    expect([causes, elsewhere]).toEqual([[], null]);
  });
});

describe('where its threads are instead', () => {
  const busy = (runTimeNs: bigint, runDelayNs: bigint) => ({
    processes: [{ tgid: 10, comm: 'arena', threads: [{ runTimeNs, runDelayNs }] }],
  });

  it.each([
    ['cpu', busy(9_000_000_000n, 0n), 90],
    ['run-delay', busy(3_000_000_000n, 6_000_000_000n), 60],
    ['lock', { waits: waitsOf({ lock: 800, sleep: 100 }) }, 80],
    ['network', { waits: waitsOf({ network: 990 }) }, 99],
    ['sleep', { ...busy(100_000_000n, 0n), waits: waitsOf({ sleep: 970 }) }, 97],
  ] as const)('%s', (kind, parts, pct) => {
    const { elsewhere } = diagnosed(parts);
    expect(elsewhere).toMatchObject({ kind, thread: { tid: 10 } });
    expect(elsewhere?.evidence.value).toBeCloseTo(pct);
  });

  it('is nowhere where memory holds it most of the time', () => {
    expect(diagnosed({ waits: waitsOf({ userfaultfd: 700, sleep: 100 }) }).elsewhere).toBeNull();
  });
});
