import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { cgroup, machine, processOf } from '../testing/process.ts';
import { quotaThrottles } from './quota-throttles.ts';

const check = (periods: bigint, throttledPeriods: bigint) =>
  quotaThrottles.check(
    processOf({
      cgroup: cgroup({
        quotas: [
          {
            cgroup: '/game',
            cpus: 1.5,
            quotaNs: 150e6,
            periodNs: 100e6,
            throttling: { periods, throttledPeriods, throttledNs: 70_000_000n },
          },
        ],
      }),
    }),
    machine(),
  );

describe('quota-throttles', () => {
  it('warns from 1 % of the periods on', () => {
    const [found] = check(1000n, 10n);
    expect(found).toMatchObject({ severity: 'warning' });
    expect(found?.summary.en).toBe(
      'the quota of cgroup /game (1.5 CPUs) stopped its threads in 1.0 % of the periods',
    );
    expect(found?.evidence.map((one) => one.value)).toEqual([1000, 10, 70e6]);
  });

  it('mentions less, and is silent about none', () => {
    expect(check(1001n, 10n)[0]?.severity).toBe('info');
    expect(check(1000n, 0n)).toEqual([]);
  });

  it('is silent where cgroups or counters are not readable', () => {
    const unread = missing('denied', 'cpu.stat');
    const quota = { cgroup: '/', cpus: 1, quotaNs: 1, periodNs: 1, throttling: unread };
    for (const reading of [unread, cgroup({ quotas: unread }), cgroup({ quotas: [quota] })])
      expect(quotaThrottles.check(processOf({ cgroup: reading }), machine())).toEqual([]);
  });
});
