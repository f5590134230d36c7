/** Placement on two packages with SMT, each step read back by tools that are not keel. */
import { expect, it } from 'vitest';
import { describeMachine, type Machine } from './machine.ts';
import { parseTaskset } from './peers.ts';
import { checkTopology } from './topology-checks.ts';

describeMachine('2s2c2t', (machine) => {
  checkTopology(machine);
  checkAffinity(machine);
  checkRun(machine);
});

function checkAffinity(machine: Machine): void {
  const target = machine.startWorkload({ threads: ['tick', 'net'] });
  machine.run('taskset', '-cp', '1,3', target.tid('net'));
  const affinity = () => machine.run('taskset', '-acp', target.pid);
  const before = affinity();
  const planned = machine.keel('pin', target.pid, 'core:2', '--dry-run', '--json');
  const asked = machine.keel('pin', target.pid, 'core:2');
  const stillBefore = affinity();
  const pinned = machine.keel('pin', target.pid, 'core:2', '--yes', '--json');
  const during = affinity();
  const onThread = machine.keel('pin', target.pid, 'package:0', '--threads', 'tick', '--yes', '--json');
  const tickMoved = affinity();
  const unnamed = machine.keel('undo', '--json');
  const undoneThread = machine.keel('undo', onThread.field('change'), '--json');
  const undoneAll = machine.keel('undo', pinned.field('change'), '--json');
  const after = affinity();
  const nothingLeft = machine.keel('undo', '--list', '--json');
  machine.stop(target);

  it('changes nothing with --dry-run, nor without a terminal to ask on', () => {
    expect(planned.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(asked.status).toBe(2);
    expect(parseTaskset(stillBefore.stdout)).toEqual(parseTaskset(before.stdout));
  });

  it('pins every thread, as taskset sees it', () => {
    expect(pinned.outcome).toMatchObject({ status: 0, stderr: '' });
    const lists = parseTaskset(during.stdout);
    expect(lists.size).toBeGreaterThanOrEqual(3);
    expect(new Set(lists.values())).toEqual(new Set(['4-5']));
  });

  it('pins one thread by name and leaves the others', () => {
    expect(onThread.outcome).toMatchObject({ status: 0, stderr: '' });
    const expected = new Map(parseTaskset(during.stdout)).set(target.tids.tick ?? 0, '0-3');
    expect(parseTaskset(tickMoved.stdout)).toEqual(expected);
  });

  it('asks which change to undo where there are two', () => {
    expect(unnamed.status).toBe(2);
    expect(unnamed.error().what).toMatch(/2 changes/);
  });

  it('undoes both changes exactly, also where the threads had differed', () => {
    expect(undoneThread.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(undoneAll.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(parseTaskset(before.stdout).get(target.tids.net ?? 0)).toBe('1,3');
    expect(parseTaskset(after.stdout)).toEqual(parseTaskset(before.stdout));
    expect(nothingLeft.status).toBe(0);
  });
}

function checkRun(machine: Machine): void {
  const placed = ['run', '--cpus', 'node:1', '--'];
  const status = machine.keel(...placed, 'cat', '/proc/self/status');
  const failing = machine.keel(...placed, 'sh', '-c', 'exit 7');

  it('starts a program on the CPUs of a node', () => {
    expect(status.status).toBe(0);
    expect(status.stdout).toMatch(/^Cpus_allowed_list:\t4-7$/m);
  });

  it('is replaced by the program: its exit status is the one', () => {
    expect(failing.status).toBe(7);
  });
}
