/** Lines of source files that debug information names, where they are here and not newer than the program. */
import { type Maybe, missing } from '../base/missing.ts';
import { openPlain } from './code-files.ts';

/** Longer files are made by machines. */
const MOST_BYTES = 16 * 1024 * 1024;

/** @param builtMs when the program was made: what was changed since says something else */
export function readSource(path: string, builtMs: number): Maybe<readonly string[]> {
  if (!path.startsWith('/')) return missing('absent', path, 'its folder is not known');
  const file = openPlain(path);
  if ('missing' in file) return file;
  try {
    if (file.totalBytes > MOST_BYTES) return missing('unreadable', path, 'larger than 16 MiB');
    if (file.modifiedMs > builtMs) return missing('gone', path, 'changed since the program was built');
    return Buffer.from(file.read(0, file.totalBytes)).toString('utf8').split('\n');
  } finally {
    file.close();
  }
}
