/**
 * Programs that their cgroup gives too little memory, with swap on a disk: found, helped by what can be taken back, and
 * given back exactly. An emulated machine that thrashes needs minutes for each step, so these are no part of
 * `npm run test:lab`.
 */
import { expect, it } from 'vitest';
import { describeMachine, type Machine, type Result, type Started } from './machine.ts';
import {
  evidenceOf,
  LIMITED_MIB,
  LOOK,
  limitTo,
  lockedKib,
  MEMORY_MIB,
  PREPARE,
  sh,
  startHog,
  statusOf,
  type Why,
  why,
} from './thrashing.ts';

const prove = (machine: Machine, { pid }: Started, remedy: string): Result =>
  machine.keel('why', pid, ...LOOK, '--prove', '--remedy', remedy, '--yes', '--json');

/** Major faults of each, by the kernel, before and after all of the last one's memory could be written again. */
function majorsMeanwhile(machine: Machine, ...all: readonly Started[]): Result {
  const count = `cut -d' ' -f12 ${all.map(({ pid }) => `/proc/${pid}/stat`).join(' ')}`;
  const last = `cut -d' ' -f12 /proc/${all.at(-1)?.pid}/stat`;
  return sh(
    machine,
    `${count}; from=$(${last}); until [ "$(${last})" -ge $((from + 1000)) ]; do sleep 0.2; done; ${count}`,
  );
}

describeMachine(
  'uma',
  (machine) => {
    sh(machine, PREPARE);
    const target = startHog(machine);
    limitTo(machine, LIMITED_MIB);
    const asked = why(machine, target);
    const refused = machine.keel('lock', target.pid, '--yes', '--json');
    // Now there is room for one of two.
    limitTo(machine, 'max');
    const neighbour = startHog(machine);
    limitTo(machine, 72);
    const applied = machine.keel('lock', target.pid, '--yes', '--json');
    const held = majorsMeanwhile(machine, target, neighbour);
    const locked = statusOf(machine, target.pid);
    const undone = machine.keel('undo', '--json');
    const unlocked = statusOf(machine, target.pid);

    it('are found to wait because of memory.high, by way of swap', () => {
      expect(asked.outcome).toMatchObject({ status: 0 });
      const { findings, memory } = asked.json<Why>();
      expect(memory.causes.slice(0, 2)).toEqual(['memory-limit', 'swapped-out']);
      expect(findings[0]).toMatchObject({ rule: 'memory-limit' });
      expect(evidenceOf(asked, 'swapped-out')).toContainEqual(
        expect.stringMatching(/^swap on a disk \(\/dev\/vd/),
      );
    });

    it('are not locked beyond it', () => {
      expect(refused.status).toBe(1);
      expect(refused.error()).toMatchObject({ code: 'E_CONFLICT' });
      expect(refused.error().what).toContain('its cgroup /box may use 32 MiB (memory.high)');
    });

    it('are held no more once they are locked, whatever a neighbour wants, until that is undone', () => {
      expect(applied.outcome).toMatchObject({ status: 0 });
      const [target0, neighbour0 = 0, target1, neighbour1] = held.stdout.trim().split('\n').map(Number);
      expect(target1).toBe(target0);
      expect(neighbour1).toBeGreaterThan(neighbour0);
      expect(lockedKib(locked)).toBeGreaterThanOrEqual(MEMORY_MIB * 1024);
      expect(undone.outcome).toMatchObject({ status: 0 });
      expect(lockedKib(unlocked)).toBe(0);
    });
  },
  ['--swap', '256M'],
);

describeMachine(
  'uma',
  (machine) => {
    sh(machine, PREPARE);
    const target = startHog(machine);
    const neighbour = startHog(machine);
    // Room for one of two.
    limitTo(machine, 72);
    const proven = prove(machine, target, 'lock');
    const locked = lockedKib(statusOf(machine, target.pid));
    const undone = machine.keel('undo', '--json');
    const unlocked = lockedKib(statusOf(machine, target.pid));
    machine.stop(neighbour);

    it('keep a lock that helps, until it is undone', () => {
      expect(proven.json()).toMatchObject({ what: 'lock', verdict: 'helps', change: expect.any(String) });
      expect(locked).toBeGreaterThanOrEqual(MEMORY_MIB * 1024);
      expect(undone.outcome).toMatchObject({ status: 0 });
      expect(unlocked).toBe(0);
    });
  },
  ['--swap', '256M'],
);

describeMachine(
  'uma',
  (machine) => {
    sh(machine, PREPARE);
    const target = startHog(machine);
    limitTo(machine, LIMITED_MIB);
    const tried = prove(machine, target, 'swappiness');
    const swappiness = machine.read('/proc/sys/vm/swappiness');
    machine.run('sh', '-c', 'node dist/keel.js undo --json || true');
    const afterwards = machine.read('/proc/sys/vm/swappiness');

    it('try another swappiness, and keep it only where it helps', () => {
      const { verdict, before, tried: set, change } = tried.json<Record<string, string | null>>();
      expect([before, set]).toEqual(['100', '1']);
      expect(change === null).toBe(verdict !== 'helps');
      expect(swappiness.stdout.trim()).toBe(change === null ? '100' : '1');
      expect(afterwards.stdout.trim()).toBe('100');
    });
  },
  ['--swap', '256M'],
);
