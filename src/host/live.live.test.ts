import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LiveSource } from './live.ts';

const source = new LiveSource();

it('tells a task that has ended from a file the kernel does not have', () => {
  const { pid } = spawnSync('true');
  expect(source.text('file', `/proc/${pid}/schedstat`)).toMatchObject({ missing: 'gone' });
  expect(source.text('file', `/proc/${process.pid}/no-such-file`)).toMatchObject({ missing: 'absent' });
  expect(source.text('file', `/proc/${process.pid}/task/${pid}/stat`)).toMatchObject({ missing: 'gone' });
});

it('reads a file of the kernel, which reports no size, whole', () => {
  expect(source.text('file', '/proc/filesystems')).toBe(readFileSync('/proc/filesystems', 'utf8'));
});

it('still reads settings of the kernel after a file of several MiB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keel-live-'));
  try {
    const large = join(folder, 'large');
    writeFileSync(large, 'x'.repeat(9 << 20));
    expect(source.text('file', large)).toHaveLength(9 << 20);
    expect(source.text('file', '/proc/sys/kernel/random/boot_id')).toMatch(/^[0-9a-f-]{36}\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
