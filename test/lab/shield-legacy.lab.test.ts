/** CPUs kept free on cgroup v1, and through systemd: beside shield.lab.test.ts, so that both run at once. */
import { expect, it } from 'vitest';
import { describeMachine } from './machine.ts';
import { declareShield, expectAsBefore, onCpus, type Shield, type State, stateOf } from './shielding.ts';

describeMachine(
  '2s2c2t',
  (machine) => {
    declareShield(machine, 'cpuset', (pid) => [
      'cd /sys/fs/cgroup/cpuset',
      'mkdir -p box/arena',
      'for group in box box/arena; do echo 1-7 >$group/cpuset.cpus; echo 0-1 >$group/cpuset.mems; done',
      `echo ${pid} >box/arena/cgroup.procs`,
    ]);
  },
  ['--cgroup', 'v1'],
);

/** Of systemd only what it answers is there: test/lab/guest/systemctl. */
describeMachine('2s2c2t', (machine) => {
  machine.run(
    ...['sh', '-ec'],
    'mkdir -p /run/systemd/system /usr/local/bin && cp test/lab/guest/systemctl /usr/local/bin && ' +
      'mkdir /sys/fs/cgroup/init.scope /sys/fs/cgroup/system.slice /sys/fs/cgroup/box && ' +
      'echo 0-5 >/sys/fs/cgroup/system.slice/cpuset.cpus',
  );
  const target = machine.startWorkload({ threads: ['tick'] });
  machine.run('sh', '-c', `echo ${target.pid} >/sys/fs/cgroup/system.slice/cgroup.procs`);
  const before = stateOf(machine);
  const shielded = machine.keel('shield', '2-3', '--by', 'systemd', '--yes', '--json');
  const during = stateOf(machine);
  const undone = machine.keel('undo', '--json');
  const after = stateOf(machine);
  const calls = machine.run('cat', '/tmp/systemctl-calls');

  it('keeps everybody off through systemd, and gives units back what they had', () => {
    expect(shielded.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(shielded.json<Shield>()).toMatchObject({ outcome: 'applied', by: 'systemd', mismatches: [] });
    expect(onCpus(during)).toEqual([]);
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    expectAsBefore(before.json<State>(), after.json<State>());
    expect(calls.stdout.trim().split('\n').sort()).toEqual([
      'set-property init.scope AllowedCPUs=',
      'set-property init.scope AllowedCPUs=0-1,4-7',
      'set-property system.slice AllowedCPUs=0-1,4-5',
      'set-property system.slice AllowedCPUs=0-5',
    ]);
  });
});
