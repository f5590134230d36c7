import { expect, it } from 'vitest';
import type { Topo } from './documents.ts';
import { describeMachine } from './machine.ts';
import { parseTaskset } from './peers.ts';
import { checkCapture, checkTopology } from './topology-checks.ts';

describeMachine('offline-cpu', (machine) => {
  const { topo } = checkTopology(machine);
  checkCapture(machine, topo);
  const target = machine.startWorkload();
  const onOffline = machine.keel('pin', target.pid, '2', '--yes', '--json');
  const onAbsent = machine.keel('pin', target.pid, '6-9', '--yes', '--json');
  const untouched = machine.run('taskset', '-acp', target.pid);
  const pinned = machine.keel('pin', target.pid, 'node:0', '--yes', '--json');
  const onNode0 = machine.run('taskset', '-acp', target.pid);
  const undone = machine.keel('undo', pinned.field('change'), '--json');
  const after = machine.run('taskset', '-acp', target.pid);

  it('shows the offline CPU and why it cannot be used', () => {
    const cpu = topo.json<Topo>().cpus.find((one) => one.cpu === 2);
    expect(cpu).toMatchObject({ online: false, usable: false, unusableBecause: expect.any(String) });
  });

  it('shows that its sibling is alone now', () => {
    expect(topo.json<Topo>().cpus.find((one) => one.cpu === 3)).toMatchObject({ coreCpus: '3' });
  });

  it('refuses to pin to it, and says that it is offline', () => {
    expect(onOffline.status).toBe(2);
    expect(onOffline.error()).toMatchObject({
      schema: 'keel.error/1',
      what: expect.stringMatching(/offline/),
    });
  });

  it('refuses CPUs that do not exist, and names them', () => {
    expect(onAbsent.status).toBe(2);
    expect(onAbsent.error().what).toMatch(/8-9/);
  });

  it('has changed nothing by refusing', () => {
    const lists = new Set(parseTaskset(untouched.stdout).values());
    expect(lists).toEqual(new Set(['0-1,3-7']));
  });

  it('leaves the offline CPU out of the CPUs of its node', () => {
    expect(pinned.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(new Set(parseTaskset(onNode0.stdout).values())).toEqual(new Set(['0-1,3']));
  });

  it('undoes that', () => {
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(parseTaskset(after.stdout)).toEqual(parseTaskset(untouched.stdout));
  });
});
