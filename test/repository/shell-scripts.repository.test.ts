import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, trackedFiles } from './tracked-files.ts';

function isShellScript(path: string): boolean {
  if (path.endsWith('.sh')) return true;
  return !/\.\w+$/.test(path) && /^#!.*\b(?:ba|da)?sh\b/.test(readFileSync(join(ROOT, path), 'utf8'));
}

const scripts = trackedFiles().filter(isShellScript);
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

describe('the shell scripts', () => {
  it('are found, with and without an extension', () => {
    expect(scripts).toEqual(expect.arrayContaining(['.ci/run', 'lab/lab.sh', 'lab/guest/stage1.sh']));
  });

  it.skipIf(!hasShellcheck)('have nothing that shellcheck objects to (skipped where it is missing)', () => {
    const { status, stdout, stderr } = spawnSync('shellcheck', ['-x', ...scripts], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
