import { expect, it } from 'vitest';
import type { Check } from './documents.ts';
import { describeMachine } from './machine.ts';

/** Four at once in a cgroup of one and a half CPUs, for a second. */
const BUSY = 'for i in 1 2 3 4; do timeout 1 sh -c "while :; do :; done" & done; wait';

describeMachine('quota', (machine) => {
  const target = machine.startWorkload();
  const limit = machine.read('/sys/fs/cgroup/lab/cpu.max');
  machine.run('sh', '-c', BUSY);
  const before = machine.read('/sys/fs/cgroup/lab/cpu.stat');
  const check = machine.keel('check', target.pid, '--json');
  const after = machine.read('/sys/fs/cgroup/lab/cpu.stat');
  const text = machine.keel('check', target.pid);

  it('finds the quota of the cgroup: one and a half CPUs', () => {
    expect(limit.stdout).toBe('150000 100000\n');
    const [process] = check.json<Check>().processes;
    expect(process).toMatchObject({ cgroup: '/lab', cpuQuota: 1.5 });
    expect(process.quotas).toMatchObject([{ quotaNs: 150e6, periodNs: 100e6 }]);
    expect(text.stdout).toMatch(/1\.5/);
  });

  it('counts the periods in which it was throttled as the kernel does', () => {
    const throttled = (stat: string) => Number(/^nr_throttled (\d+)$/m.exec(stat)?.[1]);
    const [process] = check.json<Check>().processes;
    const periods = process.quotas?.[0]?.throttledPeriods;
    expect(throttled(before.stdout)).toBeGreaterThan(0);
    expect(periods).toBeGreaterThanOrEqual(throttled(before.stdout));
    expect(periods).toBeLessThanOrEqual(throttled(after.stdout));
  });
});
