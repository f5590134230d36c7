import { expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { cgroup, cpus, machine, processOf, thread } from '../testing/process.ts';
import { unbalancedCpus } from './unbalanced-cpus.ts';

const two = (list: string) => [thread(100, { affinity: cpus(list) }), thread(101, { affinity: cpus(list) })];

it('finds threads that share CPUs without load balancing', () => {
  const isolated = machine({ isolated: cpus('4-7') });
  const [found] = unbalancedCpus.check(processOf({ threads: two('5-6') }), isolated);
  expect(found?.summary.en).toContain('2 threads share the isolated CPUs 5-6');
  expect(unbalancedCpus.check(processOf({ threads: two('5') }), isolated)).toEqual([]);
  expect(unbalancedCpus.check(processOf({ threads: two('3-4') }), isolated)).toEqual([]);
  expect(unbalancedCpus.check(processOf({ threads: two('5-6').slice(1) }), isolated)).toEqual([]);
});

it('knows the isolated partitions of cgroup v2', () => {
  const inside = (partition: string) => ({
    cgroup: '/rt',
    cpus: cpus('4-5'),
    memoryNodes: cpus('0'),
    partition,
  });
  const of = (partition: string) =>
    unbalancedCpus.check(
      processOf({ threads: two('4-5'), cgroup: cgroup({ cpuset: inside(partition) }) }),
      machine({ isolated: missing('absent', 'isolated') }),
    );
  expect(of('isolated')).toHaveLength(1);
  expect(of('root')).toEqual([]);
});
