import { describe, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { GIB, MIB } from '../base/units.ts';
import { parseSmaps } from '../kernel/task/smaps.ts';
import { bindingLimitBytes, type LockedProcess, lockedPages, lockWarnings } from './locked-memory.ts';

const machine = (mlockedBytes: number) => ({
  totalBytes: 100 * GIB,
  freeBytes: null,
  availableBytes: null,
  swapCachedBytes: null,
  mlockedBytes,
  unevictableBytes: null,
});

const process = (changes: Partial<LockedProcess>): LockedProcess => ({
  tgid: 7,
  comm: 'jackd',
  startTicks: 1n,
  unit: null,
  uid: 1000,
  lockedVirtualBytes: 0,
  pages: missing('denied', 'smaps'),
  limit: { soft: 8n * BigInt(MIB), hard: 'unlimited' },
  isExempt: false,
  ...changes,
});

describe('warnings', () => {
  it.each([
    [50, []],
    [50.1, ['machine-warning']],
    [80, ['machine-warning']],
    [80.1, ['machine-critical']],
  ])('of a machine with %d %% locked are %j', (pct, kinds) => {
    const locks = { machine: machine(pct * GIB), processes: [], unreadable: 0 };
    expect(lockWarnings(locks).map((one) => one.kind)).toEqual(kinds);
  });

  it.each([
    [6, []],
    [6.4, ['limit-near']],
    [8, ['limit-reached']],
    [9, ['limit-reached']],
  ])('of a process with %d of 8 MiB are %j', (mebibytes, kinds) => {
    const locked = process({ lockedVirtualBytes: mebibytes * MIB });
    const locks = { machine: machine(0), processes: [locked], unreadable: 0 };
    expect(lockWarnings(locks).map((one) => one.kind)).toEqual(kinds);
  });

  it('are none where no limit binds, or nothing is known', () => {
    const full = { lockedVirtualBytes: 9 * MIB };
    const processes = [
      process({ ...full, isExempt: true }),
      process({ ...full, limit: { soft: 'unlimited', hard: 'unlimited' } }),
      process({ ...full, limit: missing('denied', 'limits') }),
    ];
    expect(lockWarnings({ machine: missing('absent', 'meminfo'), processes, unreadable: 0 })).toEqual([]);
    expect(processes.map(bindingLimitBytes)).toEqual([null, null, null]);
  });

  it('take a limit of nothing for used up, but not by who locks nothing', () => {
    const limit = { soft: 0n, hard: 0n };
    const processes = [process({ limit, lockedVirtualBytes: 4096 }), process({ limit })];
    const warnings = lockWarnings({ machine: machine(0), processes, unreadable: 0 });
    expect(warnings).toMatchObject([{ kind: 'limit-reached', sharePct: 100 }]);
  });
});

describe('locked pages', () => {
  const mapping = (low: number, rights: string, rssKib: number, flags: string) =>
    `${low.toString(16)}-${(low + 8192).toString(16)} ${rights} 00000000 00:00 0 \nRss: ${rssKib} kB\nPss: ${rssKib / 2} kB\n${flags}`;

  it('are those of locked mappings, without what cannot be accessed', () => {
    const text = [
      mapping(0x10000, 'rw-p', 8, 'VmFlags: rd wr lo\n'),
      mapping(0x20000, '---p', 0, 'VmFlags: mr lo\n'),
      mapping(0x30000, 'rw-p', 4, 'VmFlags: rd wr\n'),
    ].join('');
    expect(lockedPages(parseSmaps(text))).toEqual({
      residentBytes: 8192,
      proportionalBytes: 4096,
      inaccessibleBytes: 8192,
      mappings: 2,
    });
  });

  it('are not known where the kernel shows no flags', () => {
    expect(lockedPages(parseSmaps(mapping(0x10000, 'rw-p', 8, '')))).toBeNull();
  });
});
