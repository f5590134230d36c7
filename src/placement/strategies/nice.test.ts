import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { proposed, refusal } from '../testing/plans.ts';
import { other, situation, tick } from '../testing/situations.ts';
import { nice } from './nice.ts';

const topology = captured('dies');
const session = (autogroup: string) => ({ cgroup: '/', autogroup });

describe('the nice value of the target', () => {
  it('is for tasks of its own group', () => {
    const found = proposed(nice, situation(topology, { others: [other()] }));
    expect(found.moves).toMatchObject([{ tgid: 100, threads: 'all', scheduling: { nice: -10 } }]);
  });

  it('is refused against another session, however much that runs', () => {
    const others = [other({ group: session('autogroup-9') })];
    const target = { group: session('autogroup-7') };
    expect(refusal(nice, situation(topology, { others, target }))).toMatch(/against which nice does nothing/);
  });

  it('is refused where nobody runs, nothing waits, or it is so already', () => {
    expect(refusal(nice, situation(topology))).toMatch(/^no other process/);
    expect(refusal(nice, situation(topology, { target: { threads: [] } }))).toMatch(/at most 0\.0 %/);
    const target = { threads: [tick(100, { nice: -11 })] };
    expect(refusal(nice, situation(topology, { others: [other()], target }))).toMatch(/already/);
  });
});
