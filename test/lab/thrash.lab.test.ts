/** What cgroup v2 puts out of the memory of a program: brought back, kept in, and told where it went. */
import { expect, it } from 'vitest';
import { MIB } from '../../src/base/units.ts';
import { describeMachine } from './machine.ts';
import {
  evidenceOf,
  GROUP,
  LIMITED_MIB,
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

const PAGES = (MEMORY_MIB * MIB) / 4096;

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
