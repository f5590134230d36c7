import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { missing } from '../../../base/missing.ts';
import { renderCapture } from '../../../host/capture.ts';
import type { Entry } from '../../../host/memory.ts';
import { cells } from '../../output/look.ts';
import { runLine } from '../../testing/run-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-locks-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Locker {
  readonly comm: string;
  readonly lockedKib: number;
  readonly limit?: string;
  readonly capabilities?: string;
}

function capture(lockers: Readonly<Record<number, Locker>>, mlockedKib: number): string {
  const entries = new Map<string, Entry>();
  const file = (path: string, text: string) => entries.set(path, { kind: 'file', text });
  file('/proc/meminfo', `MemTotal: 1048576 kB\nUnevictable: ${mlockedKib} kB\nMlocked: ${mlockedKib} kB\n`);
  entries.set('/proc', { kind: 'list', text: Object.keys(lockers).join('\n') });
  for (const [pid, { comm, lockedKib, limit = '8388608', capabilities = '0' }] of Object.entries(lockers)) {
    const at = `/proc/${pid}`;
    file(
      `${at}/stat`,
      `${pid} (${comm}) S 1 7 7 0 -1 0 8 0 3 0 4 1 0 0 20 0 1 0 900 0 1 0 ${'0 '.repeat(13)}4 0 0\n`,
    );
    file(
      `${at}/status`,
      `Tgid: ${pid}\nUid: 1000 1000 1000 1000\nVmLck: ${lockedKib} kB\nCapEff: ${capabilities}\nCpus_allowed_list: 0\n`,
    );
    file(
      `${at}/limits`,
      `Limit  Soft\nMax locked memory         ${limit}              unlimited            bytes\n`,
    );
    file(`${at}/cgroup`, '0::/system.slice/jack.service\n');
    entries.set(`${at}/smaps`, missing('not-captured', `${at}/smaps`));
  }
  const facts = {
    pageBytes: 4096,
    ticksPerSec: 100,
    release: '6.12.0',
    arch: 'x86_64',
    littleEndian: true,
    bootId: 'b',
  };
  const name = join(folder, `${Object.keys(lockers).join('-')}-${mlockedKib}.keel`);
  writeFileSync(name, renderCapture({ facts, moments: [{ monotonicNs: 1n, entries }] }));
  return name;
}

const LOCKERS: Readonly<Record<number, Locker>> = {
  911: { comm: 'redis', lockedKib: 2048, limit: 'unlimited' },
  1207: { comm: 'jack\x1b[31md', lockedKib: 7168 },
  33: { comm: 'cryptsetup', lockedKib: 9216, capabilities: '4000' },
  40: { comm: 'small', lockedKib: 64 },
  41: { comm: 'none', lockedKib: 0 },
};

const run = (...line: string[]) => runLine(line);

describe('keel locks', () => {
  const full = capture(LOCKERS, 900_000);

  it('ranks who locks at least a mebibyte, and warns', async () => {
    const { exitCode, out } = await run('locks', '--sysroot', full);
    expect(exitCode).toBe(0);
    const names = out.match(/^ {2}\S+ \d+/gm)?.map((line) => line.trim());
    expect(names).toEqual(['cryptsetup 33', expect.stringMatching(/1207$/), 'redis 911']);
    expect(out).toContain('critical: 85.8 %');
    expect(out).toMatch(/^879 MiB locked of 1 GiB \(85\.8 %\); 879 MiB unevictable;/);
    expect(out).toContain('1207 is at 87.5 % of its limit');
    expect(out).not.toContain('\x1b');
    const lines = out.split('\n').filter((line) => !line.startsWith('Next:'));
    expect(lines.every((line) => cells(line) <= 80)).toBe(true);
  });

  it('has the same as a document, and null with a reason for what it cannot know', async () => {
    const { out } = await run('locks', '--sysroot', full, '--json');
    const document = JSON.parse(out);
    expect(document).toMatchObject({ schema: 'keel.locks/1', mlockedBytes: 900_000 * 1024 });
    expect(document.processes[2]).toMatchObject({
      tgid: 911,
      unit: 'jack.service',
      lockedVirtualBytes: 2 * 1024 * 1024,
      lockedResidentBytes: null,
      limitSoftBytes: 'unlimited',
      isExempt: false,
    });
    expect(document.gaps).toContainEqual(
      expect.objectContaining({ field: 'processes[911].lockedResidentBytes', reason: 'not-captured' }),
    );
    expect(document.warnings.map((one: { kind: string }) => one.kind)).toEqual([
      'machine-critical',
      'limit-near',
    ]);
  });

  it('tells one process how its limit can be raised', async () => {
    const { out } = await run('locks', '40', '--sysroot', full);
    expect(out).toContain('prlimit --pid 40 --memlock=unlimited');
    expect(out).toContain('LimitMEMLOCK=infinity');
    expect(out).toMatch(/limits\.conf: :\d+ - memlock unlimited/);
    expect(out).toMatch(/7\.94 MiB are\s+left/);
  });

  it('tells one without a limit that there is none', async () => {
    const { out } = await run('locks', 'cryptsetup', '--sysroot', full, '--lang', 'ko');
    expect(out).toContain('CAP_IPC_LOCK');
    expect(out).not.toContain('prlimit');
  });

  it.each([
    [['--for', '5s'], 2, '--for needs --every'],
    [['--every', '1s'], 2, 'stands still'],
    [['nobody'], 5, 'nobody'],
    [['--min', 'much'], 2, '--min'],
  ])('refuses %j', async (args, code, text) => {
    const { exitCode, err } = await run('locks', ...args, '--sysroot', full);
    expect(exitCode).toBe(code);
    expect(err).toContain(text);
  });

  it('ends with 3 where asked and warned', async () => {
    expect((await run('locks', '--exit-code', '--sysroot', full)).exitCode).toBe(3);
    expect(
      (await run('locks', '--exit-code', '--sysroot', capture({ 41: LOCKERS[41] as Locker }, 10))).exitCode,
    ).toBe(0);
  });
});
