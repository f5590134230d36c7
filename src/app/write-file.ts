/** Files for people: written whole or not at all, and never over one that is there unless that is asked for. */
import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import { systemReason } from '../base/system-error.ts';

/**
 * @param next what to do where the file is there already
 * @throws KeelError E_CONFLICT where it is there and `force` is not set, E_IO where it cannot be written
 */
export function writeFileForUser(
  path: string,
  content: string | Uint8Array,
  force: boolean,
  next: Sentence,
): void {
  try {
    if (force) replace(path, content);
    else create(path, content);
  } catch (error) {
    throw failure(path, error, next);
  }
}

/**
 * Before work whose result goes there: what `writeFileForUser` would refuse is refused at once, and nothing is written.
 *
 * @throws KeelError as `writeFileForUser` does
 */
export function refuseUnwritable(path: string, force: boolean, next: Sentence): void {
  try {
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (isThere && (!force || isFolder(path))) throw Object.assign(new Error(), { code: 'EEXIST' });
    const folder = dirname(path);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw failure(path, error, next);
  }
}

function create(path: string, content: string | Uint8Array): void {
  const file = openSync(path, 'wx');
  try {
    writeFileSync(file, content);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

function replace(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${process.pid}.part`;
  create(draft, content);
  try {
    renameSync(draft, path);
  } catch (error) {
    unlinkSync(draft);
    throw error;
  }
}

function failure(path: string, error: unknown, next: Sentence): KeelError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' && !isFolder(path)) return fileThere(path, next, error);
  const reason = systemReason(code === 'EEXIST' ? { code: 'EISDIR' } : error);
  return new KeelError('E_IO', {
    what: { en: `cannot write ${path}: ${reason.en}`, ko: `${path}을(를) 쓸 수 없습니다: ${reason.ko}` },
    cause: error,
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

export function fileThere(path: string, next: Sentence, cause?: unknown): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${path} is there already; it was left as it is`,
      ko: `${path}이(가) 이미 있어 그대로 두었습니다`,
    },
    next: [next],
    cause,
  });
}
