import { expect, it } from 'vitest';
import type { Topo } from './documents.ts';
import { describeMachine } from './machine.ts';
import { parseTaskset } from './peers.ts';
import { checkCapture, checkTopology } from './topology-checks.ts';

describeMachine('isolated', (machine) => {
  const { topo } = checkTopology(machine);
  checkCapture(machine, topo);
  const target = machine.startWorkload();
  const before = machine.run('taskset', '-acp', target.pid);
  const pinned = machine.keel('pin', target.pid, 'isolated', '--yes', '--json');
  const during = machine.run('taskset', '-acp', target.pid);
  const undone = machine.keel('undo', pinned.field('change'), '--json');
  const after = machine.run('taskset', '-acp', target.pid);
  const launched = machine.keel('run', '--cpus', 'isolated', '--', 'cat', '/proc/self/status');

  it('shows which CPUs are isolated, and says so at each of them', () => {
    const { isolated, cpus } = topo.json<Topo>();
    expect(isolated).toBe('2-3');
    expect(cpus.map((cpu) => /isolated/.test(cpu.unusableBecause ?? ''))).toEqual([false, false, true, true]);
  });

  it('pins to isolated CPUs, which the process was not allowed by default', () => {
    expect(new Set(parseTaskset(before.stdout).values())).toEqual(new Set(['0-1']));
    expect(pinned.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(new Set(parseTaskset(during.stdout).values())).toEqual(new Set(['2-3']));
  });

  it('undoes that', () => {
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(parseTaskset(after.stdout)).toEqual(parseTaskset(before.stdout));
  });

  it('starts a program on them', () => {
    expect(launched.status).toBe(0);
    expect(launched.stdout).toMatch(/^Cpus_allowed_list:\t2-3$/m);
  });
});
