import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { proposed, refusal } from '../testing/plans.ts';
import { situation, UNKNOWN } from '../testing/situations.ts';
import { fixQuota } from './fix-quota.ts';

const topology = captured('quota');
const stopped = { cgroup: '/game', cpus: 0.5, stoppedPct: 93, throttledNs: 8e9 };

describe('a larger quota', () => {
  it('is what it used and what it was kept from, and moves no thread', () => {
    const found = proposed(fixQuota, situation(topology, { quota: stopped }));
    expect(found).toMatchObject({
      moves: [],
      groups: [{ kind: 'quota', cgroup: '/game', fromCpus: 0.5, toCpus: 1.3 }],
      upToPct: 93,
    });
  });

  it('is not more than the CPUs it may use', () => {
    const quota = { ...stopped, throttledNs: 1e12 };
    expect(proposed(fixQuota, situation(topology, { quota })).groups).toMatchObject([{ toCpus: 4 }]);
  });

  it('is refused where no quota stops it, or none is known', () => {
    expect(refusal(fixQuota, situation(topology))).toBe('it has no CPU quota');
    const quota = { ...stopped, stoppedPct: 0.5 };
    expect(refusal(fixQuota, situation(topology, { quota }))).toMatch(/in 0\.5 % of the periods/);
    expect(refusal(fixQuota, situation(topology, { quota: UNKNOWN }))).toMatch(/is not known/);
  });
});
