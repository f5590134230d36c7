import { expect, it } from 'vitest';
import type { Check, Topo } from './documents.ts';
import { describeMachine } from './machine.ts';
import { parseTaskset, policiesOf } from './peers.ts';
import { checkCapture, checkTopology } from './topology-checks.ts';

describeMachine('cpuset', (machine) => {
  const { topo } = checkTopology(machine);
  checkCapture(machine, topo);
  const target = machine.startWorkload();
  const check = machine.keel('check', target.pid, '--json');
  const refused = machine.keel('pin', target.pid, '0,3', '--yes', '--json');
  const memoryRefused = machine.keel('pin', target.pid, '--mem', 'bind:0', '--yes', '--json');
  const policies = machine.read(`/proc/${target.pid}/numa_maps`);
  const untouched = machine.run('taskset', '-acp', target.pid);
  const pinned = machine.keel('pin', target.pid, '1,5', '--yes', '--json');
  const during = machine.run('taskset', '-acp', target.pid);
  const undone = machine.keel('undo', pinned.field('change'), '--json');
  const after = machine.run('taskset', '-acp', target.pid);

  it('says of each CPU outside that the cpuset is why it cannot be used', () => {
    const outside = topo.json<Topo>().cpus.filter((cpu) => !cpu.usable);
    expect(outside.map((cpu) => cpu.cpu)).toEqual([0, 3, 4, 6, 7]);
    for (const cpu of outside) expect(cpu.unusableBecause).toBe('not-allowed');
  });

  it('checks the process: affinity, what is left of it, and the cgroup', () => {
    const [process] = check.json<Check>().processes;
    expect(process).toMatchObject({ cgroup: '/lab', cgroupCpus: '1-2,5' });
    for (const thread of process.threads) {
      expect(thread.allowed).toBe('1-2,5');
    }
  });

  it('refuses CPUs outside, and names the cgroup', () => {
    expect([1, 2]).toContain(refused.status);
    expect(refused.error().what).toMatch(/\/lab/);
  });

  it('refuses memory of a node outside, and names the cgroup', () => {
    expect([1, 2]).toContain(memoryRefused.status);
    expect(memoryRefused.error().what).toMatch(/\/lab/);
  });

  it('has changed nothing by refusing', () => {
    expect(policiesOf(policies.stdout)).toEqual(new Set(['default']));
    expect(new Set(parseTaskset(untouched.stdout).values())).toEqual(new Set(['1-2,5']));
  });

  it('pins inside and undoes it', () => {
    expect(pinned.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(new Set(parseTaskset(during.stdout).values())).toEqual(new Set(['1,5']));
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(parseTaskset(after.stdout)).toEqual(parseTaskset(untouched.stdout));
  });
});
