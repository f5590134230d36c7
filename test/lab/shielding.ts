/** What the tests of `keel shield` share: a machine's state before and after, and the steps that every way has to pass. */
import { expect, it } from 'vitest';
import { CpuSet } from '../../src/base/cpu-set.ts';
import type { Machine, Result } from './machine.ts';
import { parseTaskset } from './peers.ts';

export interface Task {
  readonly comm: string;
  readonly pid: number;
  readonly mask: string;
  readonly cgroup: string;
  readonly fixed: boolean;
}
export interface State {
  readonly threads: Readonly<Record<string, Task>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly cgroups: Readonly<Record<string, string>>;
}
export interface Shield {
  readonly outcome: string;
  readonly by: string;
  readonly settings: readonly { readonly setting: string; readonly at: string; readonly set: string }[];
  readonly interrupts: readonly { readonly irq: number; readonly device: string | null }[];
  readonly refusedSettings: readonly {
    readonly setting: string;
    readonly at: string;
    readonly because: string;
  }[];
  readonly mismatches: readonly unknown[];
}
interface Sweep {
  readonly rounds: number;
  readonly phases: Readonly<Record<string, number>>;
  readonly failures: readonly unknown[];
}

const CPUS = CpuSet.of(2, 3);

export const stateOf = (machine: Machine): Result => machine.run('node', 'test/lab/guest/state.mjs');

/** Threads that may run on the CPUs, without those that the kernel itself holds there. */
export function onCpus(result: Result): readonly Task[] {
  return Object.values(result.json<State>().threads).filter(
    (task) => !task.fixed && CpuSet.parseList(task.mask).overlaps(CPUS),
  );
}

export function expectAsBefore(before: State, after: State): void {
  expect(after.settings).toEqual(before.settings);
  expect(after.cgroups).toEqual(before.cgroups);
  const alive = Object.keys(before.threads).filter((key) => key in after.threads);
  expect(alive.length).toBeGreaterThan(30);
  expect(Object.fromEntries(alive.map((key) => [key, after.threads[key]]))).toEqual(
    Object.fromEntries(alive.map((key) => [key, before.threads[key]])),
  );
}

/** One undo and one shield; every write of both is a unit test (src/actions/shield/shield.test.ts). */
const KILLS = 2;

/** @param groups steps that put the workload into a group of its own */
export function declareShield(
  machine: Machine,
  by: string,
  groups: (pid: string) => readonly string[],
): void {
  const target = machine.startWorkload({ threads: ['tick', 'net'] });
  machine.run('sh', '-ec', groups(target.pid).join('\n'));
  machine.run('taskset', '-cp', '1,3', target.tid('net'));
  const before = stateOf(machine);
  const shielded = machine.keel('shield', '2-3', '--yes', '--json');
  const during = stateOf(machine);
  const second = machine.keel('shield', '4', '--yes', '--json');
  const ran = machine.keel('run', '--cpus', '3', '--', 'cat', '/proc/self/status');
  const pinned = machine.keel('pin', target.pid, '2', '--yes', '--json');
  const inside = machine.run('taskset', '-acp', target.pid);
  const tooEarly = machine.keel('undo', shielded.field('change'), '--json');
  const unpinned = machine.keel('undo', pinned.field('change'), '--json');
  const undone = machine.keel('undo', '--json');
  const after = stateOf(machine);
  const excepting = machine.keel('shield', '2-3', '--except', target.pid, '--yes', '--json');
  const excepted = stateOf(machine);
  const affinity = machine.run('taskset', '-acp', target.pid);
  const undoneAgain = machine.keel('undo', '--json');
  const afterAgain = stateOf(machine);
  const sweep = machine.run(
    'node',
    'test/lab/guest/kill-sweep.mjs',
    `${KILLS}`,
    '1',
    '--',
    '2-3',
    '--except',
    target.pid,
  );

  it('keeps everybody off, by the best way', () => {
    expect(shielded.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(shielded.json<Shield>()).toMatchObject({ outcome: 'applied', by, mismatches: [] });
    expect(onCpus(before).length).toBeGreaterThan(20);
    expect(onCpus(during)).toEqual([]);
  });

  it('sends interrupts away, and says which ones their drivers hold', () => {
    const { interrupts, refusedSettings } = shielded.json<Shield>();
    const held = new Set(refusedSettings.map((one) => one.at));
    expect(refusedSettings.every((one) => one.setting === 'irqAffinity')).toBe(true);
    // Queues of virtio-blk are managed: one for each CPU.
    const queues = interrupts.filter((one) => /virtio\d-req\.[67]$/.test(one.device ?? ''));
    expect(queues.length).toBeGreaterThan(0);
    for (const { irq } of queues) expect(held.has(`${irq}`)).toBe(true);
    const now = during.json<State>().settings;
    for (const { irq } of interrupts.filter((one) => !held.has(`${one.irq}`))) {
      expect(CpuSet.parseList(now[`/proc/irq/${irq}/smp_affinity_list`] ?? '').overlaps(CPUS)).toBe(false);
    }
    expect(CpuSet.parseMask(now['/sys/devices/virtual/workqueue/cpumask'] ?? '0').toString()).toBe('0-1,4-7');
  });

  it('is the only one, until it is undone', () => {
    expect(second.status).toBe(1);
    expect(second.error().what).toContain('c-1 stands already');
  });

  it('lets run and pin in', () => {
    expect(ran.stdout).toMatch(/^Cpus_allowed_list:\t3$/m);
    expect(pinned.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(new Set(parseTaskset(inside.stdout).values())).toEqual(new Set(['2']));
    expect(tooEarly.error().what).toContain('changed the same threads after');
    expect(unpinned.outcome).toMatchObject({ status: 0, stderr: '' });
  });

  it('is undone exactly', () => {
    expect(undone.outcome).toMatchObject({ status: 0, stderr: '' });
    expectAsBefore(before.json<State>(), after.json<State>());
  });

  it('gives the CPUs to a process, all its threads, and to nobody else', () => {
    expect(excepting.outcome).toMatchObject({ status: 0, stderr: '' });
    expect(new Set(parseTaskset(affinity.stdout).values())).toEqual(new Set(['2-3']));
    expect(new Set(onCpus(excepted).map((task) => `${task.pid}`))).toEqual(new Set([`${target.tids.main}`]));
    expect(undoneAgain.outcome).toMatchObject({ status: 0, stderr: '' });
    expectAsBefore(before.json<State>(), afterAgain.json<State>());
  });

  it('killed anywhere in it or in its undo, everything is as before after undo --stale', () => {
    const { rounds, phases, failures } = sweep.json<Sweep>();
    expect(failures).toEqual([]);
    expect(rounds).toBe(KILLS);
    expect(Object.keys(phases).length).toBeGreaterThan(1);
  });
}
