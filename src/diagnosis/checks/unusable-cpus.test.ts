import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { cgroup, cpus, machine, processOf, thread } from '../testing/process.ts';
import { unusableCpus } from './unusable-cpus.ts';

const threads = (...masks: string[]) => masks.map((mask, i) => thread(100 + i, { affinity: cpus(mask) }));
const cpuset = (list: string) =>
  cgroup({ cpuset: { cgroup: '/game', cpus: cpus(list), memoryNodes: cpus('0'), partition: null } });

describe('unusable-cpus', () => {
  it('finds CPUs that are offline in a chosen mask', () => {
    const [found] = unusableCpus.check(
      processOf({ threads: threads('2-3', '0-1') }),
      machine({ online: cpus('0-2,4-7') }),
    );
    expect(found?.summary.en).toBe('affinity of 1 thread covers CPU 3, which is offline');
    expect(found?.evidence.map((one) => one.value)).toEqual([1, 1]);
  });

  it('does not take the mask of a task that nobody pinned for a choice', () => {
    const big = machine({ possible: cpus('0-127') });
    expect(unusableCpus.check(processOf({ threads: threads('0-127') }), big)).toEqual([]);
  });

  it('finds CPUs outside of the cpuset, for the main thread', () => {
    const inside = processOf({ threads: threads('0-1'), cgroup: cpuset('0') });
    expect(unusableCpus.check(inside, machine())[0]?.summary.en).toBe(
      'affinity covers CPU 1, which cpuset /game (0) does not allow',
    );
    // libvirt puts the threads of virtual CPUs into cpusets of their own.
    const other = processOf({ threads: threads('0', '4'), cgroup: cpuset('0') });
    expect(unusableCpus.check(other, machine())).toEqual([]);
  });

  it('is silent where the online CPUs are not known', () => {
    const blind = machine({ online: missing('not-captured', 'online') });
    expect(unusableCpus.check(processOf({ threads: threads('2-3') }), blind)).toEqual([]);
  });
});
