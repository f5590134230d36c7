/** The program as a process: streams, pipes and exit codes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const program = ['--import', 'tsx', join(import.meta.dirname, 'keel.ts')];

function keel(...line: string[]) {
  return spawnSync(process.execPath, [...program, ...line], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
}

describe('keel', () => {
  it.each(['--version', '-V', 'version'])('%s', (word) => {
    expect(keel(word).stdout).toMatch(/^keel \d+\.\d+\.\d+\n$/);
  });

  it('exits with the code of the error', () => {
    const { status, stdout, stderr } = keel('whyy');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('E_USAGE');
  });

  it('ends quietly where nobody reads on', async () => {
    const child = spawn(process.execPath, [...program, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([0, '']);
  });

  it('says in one line that its output has no room', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [...program, 'help'], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toBe(
      'error E_IO: cannot write to standard output: no space is left on the disk (ENOSPC)\n',
    );
  });

  it('keeps its exit code where nobody reads the error', async () => {
    const child = spawn(process.execPath, [...program, 'whyy'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.destroy();
    const [code] = await once(child, 'close');
    expect(code).toBe(2);
  });
});
