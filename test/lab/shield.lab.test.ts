/** CPUs kept free on cgroup v2: read back from /proc and by taskset, undone exactly, killed anywhere. */
import { expect, it } from 'vitest';
import { CpuSet } from '../../src/base/cpu-set.ts';
import { describeMachine } from './machine.ts';
import { declareShield, expectAsBefore, type Shield, type State, stateOf } from './shielding.ts';

describeMachine('2s2c2t', (machine) => {
  declareShield(machine, 'partition', (pid) => [
    'mkdir -p /sys/fs/cgroup/system.slice/arena.service',
    `echo ${pid} >/sys/fs/cgroup/system.slice/arena.service/cgroup.procs`,
  ]);
});

describeMachine('offline-cpu', (machine) => {
  const before = stateOf(machine);
  const refused = machine.keel('shield', '2-3', '--yes', '--json');
  const all = machine.keel('shield', 'all', '--yes', '--json');
  const unprivileged = machine.run(
    ...[
      'setpriv',
      '--reuid=1000',
      '--regid=1000',
      '--clear-groups',
      '--inh-caps=-all',
      '--bounding-set=-all',
    ],
    ...['env', 'HOME=/tmp', 'node', 'dist/keel.js', 'shield', '3', '--yes', '--json'],
  );
  const untouched = stateOf(machine);
  const narrow = machine.keel('shield', '3', '--by', 'affinity', '--yes', '--json');
  const undone = machine.keel('undo', '--json');
  const after = stateOf(machine);

  it('refuses a CPU that is offline, every CPU, and whoever is not root, and changes nothing', () => {
    expect(refused.status).toBe(2);
    expect(refused.error().what).toMatch(/CPU 2 is offline/);
    expect(all.status).toBe(1);
    expect(all.error().what).toMatch(/every CPU/);
    expect(unprivileged.status).toBe(4);
    expectAsBefore(before.json<State>(), untouched.json<State>());
  });

  it('shields its sibling, and undoes it', () => {
    expect(narrow.json<Shield>()).toMatchObject({ outcome: 'applied', by: 'affinity', mismatches: [] });
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    // The kernel takes only CPUs that are online into a mask: the offline one is not given back.
    expectAsBefore(onlineOnly(before.json<State>()), onlineOnly(after.json<State>()));
  });
});

const OFFLINE = CpuSet.of(2);

function onlineOnly(state: State): State {
  const threads = Object.entries(state.threads).map(([key, task]) => {
    const mask = CpuSet.parseList(task.mask).minus(OFFLINE).toString();
    return [key, { ...task, mask }] as const;
  });
  return { ...state, threads: Object.fromEntries(threads) };
}
