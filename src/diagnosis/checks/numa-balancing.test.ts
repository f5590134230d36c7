import { expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { cpus, machine, processOf, thread } from '../testing/process.ts';
import { pinnedAndBalanced } from './numa-balancing.ts';

const pinned = (list: string) => processOf({ threads: [thread(100, { affinity: cpus(list) })] });

it.each([1, 3])('warns where the setting is %i and the process is pinned inside a node', (numaBalancing) => {
  const [found] = pinnedAndBalanced.check(pinned('0-3'), machine({ numaBalancing }));
  expect(found?.summary.en).toContain('inside node 0');
  expect(found?.remedies[0]?.undo).toBe(`sysctl -w kernel.numa_balancing=${numaBalancing}`);
});

it('is silent where it is off, tiering only, or not there', () => {
  for (const numaBalancing of [0, 2, missing('absent', 'numa_balancing')])
    expect(pinnedAndBalanced.check(pinned('0-3'), machine({ numaBalancing }))).toEqual([]);
});

it('is silent where the process is not pinned, or over two nodes', () => {
  const on = machine({ numaBalancing: 1 });
  expect(pinnedAndBalanced.check(pinned('0-7'), on)).toEqual([]);
  expect(pinnedAndBalanced.check(pinned('3-4'), on)).toEqual([]);
});
