import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
