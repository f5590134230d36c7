/** What is in the repository: the files git tracks, as they are in the working tree. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** Relative to ROOT. */
export function trackedFiles(): readonly string[] {
  // Builders often run as another user than the owner of the clone, which git refuses unless told.
  const command = ['-c', 'safe.directory=*', 'ls-files', '-z'];
  const names = execFileSync('git', command, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return names.filter((path) => path !== '' && existsSync(join(ROOT, path)));
}
