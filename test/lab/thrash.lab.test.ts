/** Programs that their cgroup gives too little memory: found, helped by what can be taken back, and given back exactly. */
import { expect, it } from 'vitest';
import { MIB } from '../../src/base/units.ts';
import { describeMachine, type Machine, type Result, type Started } from './machine.ts';

const GROUP = '/sys/fs/cgroup/box';
const MEMORY_MIB = 48;
const PAGES = (MEMORY_MIB * MIB) / 4096;
/** Of the machine's own swap disk nothing is read ahead, so that every page is a fault of its own. */
const PREPARE = `echo 0 >/proc/sys/vm/page-cluster; echo 100 >/proc/sys/vm/swappiness; mkdir ${GROUP}`;
const LIMITED_MIB = 32;

interface Why {
  readonly findings: readonly {
    readonly rule: string;
    readonly sharePct: number;
    readonly evidence: readonly { readonly text: string; readonly value: number }[];
  }[];
  readonly memory: { readonly causes: readonly string[] };
}

/** Writes all of its memory over and over. @param what of memhog(8): a file to map, or nothing */
function startHog(machine: Machine, ...what: readonly string[]): Started {
  const hog = `exec memhog ${[...what, '-r100000000', `${MEMORY_MIB}m`].join(' ')} >/dev/null`;
  const started = machine.start('sh', '-c', `echo $$ >${GROUP}/cgroup.procs; echo; ${hog}`);
  const full = `awk '/^Rss:/ { s += $2 } END { print s }' /proc/${started.pid}/smaps`;
  sh(machine, `until [ "$(${full})" -ge ${MEMORY_MIB * 1024} ]; do sleep 0.2; done`);
  return started;
}

const sh = (machine: Machine, script: string): Result => machine.run('sh', '-ec', script);
const limitTo = (machine: Machine, mib: number | 'max'): Result =>
  sh(machine, `echo ${mib === 'max' ? mib : `${mib}M`} >${GROUP}/memory.high`);
/** Threads by /proc: loading programs into this kernel takes an emulated machine several seconds. */
const LOOK = ['--for', '1s', '--source', 'proc'] as const;
const why = (machine: Machine, { pid }: Started): Result => machine.keel('why', pid, ...LOOK, '--json');
const prove = (machine: Machine, { pid }: Started, remedy: string): Result =>
  machine.keel('why', pid, ...LOOK, '--prove', '--remedy', remedy, '--yes', '--json');
const statusOf = (machine: Machine, pid: string): Result => machine.read(`/proc/${pid}/status`);

/** Major faults of each, by the kernel, before and after all of the last one's memory could be written again. */
function majorsMeanwhile(machine: Machine, ...all: readonly Started[]): Result {
  const count = `cut -d' ' -f12 ${all.map(({ pid }) => `/proc/${pid}/stat`).join(' ')}`;
  const last = `cut -d' ' -f12 /proc/${all.at(-1)?.pid}/stat`;
  return sh(
    machine,
    `${count}; from=$(${last}); until [ "$(${last})" -ge $((from + 1000)) ]; do sleep 0.2; done; ${count}`,
  );
}

function lockedKib(status: Result): number {
  return Number(/^VmLck:\s*(\d+) kB$/m.exec(status.stdout)?.[1]);
}

/** The text of what is told of it, in one finding. */
function evidenceOf(result: Result, rule: string): readonly string[] {
  const finding = result.json<Why>().findings.find((one) => one.rule === rule);
  return finding?.evidence.map(({ text }) => text) ?? [];
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
    const proven = prove(machine, target, 'lock');
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
      expect(proven.json()).toMatchObject({ what: 'lock', verdict: 'helps', change: expect.any(String) });
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

/** Each trial takes minutes of an emulated machine, so it has one of its own. */
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

    it('are tried with another swappiness, which is kept only where it helps, and given back', () => {
      const { verdict, before, tried: set, change } = tried.json<Record<string, string | null>>();
      expect([before, set]).toEqual(['100', '1']);
      expect(change === null).toBe(verdict !== 'helps');
      expect(swappiness.stdout.trim()).toBe(change === null ? '100' : '1');
      expect(afterwards.stdout.trim()).toBe('100');
    });
  },
  ['--swap', '256M'],
);

describeMachine(
  'uma',
  (machine) => {
    sh(machine, PREPARE);
    // What was put out comes back by a call inside of the process.
    const sleeper = machine.start(
      'sh',
      '-c',
      `echo $$ >${GROUP}/cgroup.procs; exec node test/lab/guest/swapped.mjs ${MEMORY_MIB}`,
    );
    const putOut = () => {
      limitTo(machine, 8);
      limitTo(machine, 'max');
      return statusOf(machine, sleeper.pid);
    };
    const touch = () =>
      sh(
        machine,
        `rm -f /tmp/touched; kill -USR2 ${sleeper.pid}; until [ -e /tmp/touched ]; do sleep 0.1; done; cat /tmp/touched`,
      );
    const out = putOut();
    const cold = touch();
    putOut();
    const populated = machine.keel('warm', sleeper.pid, '--populate', '--yes', '--json');
    const warm = touch();
    machine.stop(sleeper);

    // A file that is larger than its group may have.
    const file = '/var/mapped';
    sh(machine, `dd if=/dev/zero of=${file} bs=1M count=${MEMORY_MIB} 2>/dev/null; sync`);
    const mapper = startHog(machine, `-f${file}`);
    limitTo(machine, LIMITED_MIB);
    const files = machine.keel('lock', mapper.pid, '--files', '--mapping', file, '--yes', '--json');
    const keeper = statusOf(machine, files.field('keeper'));
    const kept = sh(
      machine,
      `cut -d' ' -f12 /proc/${mapper.pid}/stat; sleep 2; cut -d' ' -f12 /proc/${mapper.pid}/stat`,
    );
    const released = machine.keel('undo', '--json');
    const keeperAfter = machine.run('test', '-e', `/proc/${files.field('keeper')}`);
    machine.stop(mapper);

    // The same thrashing by compressed memory, and by a file.
    limitTo(machine, 'max');
    const swapDisk = '$(tail -n 1 /proc/swaps | cut -d" " -f1)';
    const swapTo = (prepare: string, area: string) =>
      sh(machine, `swapoff ${swapDisk}; ${prepare}; mkswap ${area} >/dev/null; swapon ${area}`);
    const ask = (prepare: string, area: string) => {
      swapTo(prepare, area);
      const target = startHog(machine);
      limitTo(machine, LIMITED_MIB);
      const asked = why(machine, target);
      machine.stop(target);
      limitTo(machine, 'max');
      return asked;
    };
    const zram = ask(
      'for module in zsmalloc lzo-rle zram; do insmod /run/lab/modules/$module.ko; done; echo 64M >/sys/block/zram0/disksize',
      '/dev/zram0',
    );
    const swapFile = ask('dd if=/dev/zero of=/var/swap bs=1M count=64 2>/dev/null', '/var/swap');

    it('come back from swap before they are touched', () => {
      expect(Number(/^VmSwap:\s*(\d+) kB$/m.exec(out.stdout)?.[1])).toBeGreaterThan((MEMORY_MIB * 1024) / 2);
      expect(Number(cold.stdout)).toBeGreaterThan(PAGES / 2);
      expect(populated.outcome).toMatchObject({ status: 0 });
      expect(Number(warm.stdout)).toBe(0);
    });

    it('have a file kept that is larger than their cgroup may be', () => {
      expect(files.json()).toMatchObject({ outcome: 'applied', bytes: MEMORY_MIB * MIB });
      expect(lockedKib(keeper)).toBe(MEMORY_MIB * 1024);
      const [before, after] = kept.stdout.trim().split('\n');
      expect(after).toBe(before);
      expect(released.outcome).toMatchObject({ status: 0 });
      expect(keeperAfter.status).toBe(1);
    });

    it.each([
      ['compressed memory', zram, /^compressed in memory \(zram, \/dev\/zram0\)$/],
      ['a file', swapFile, /^swap in a file \(\/var\/swap\)$/],
    ] as const)('are told that they swap to %s', (_, asked, where) => {
      expect(asked.json<Why>().memory.causes).toContain('swapped-out');
      expect(evidenceOf(asked, 'swapped-out')).toContainEqual(expect.stringMatching(where));
    });
  },
  ['--swap', '256M'],
);
