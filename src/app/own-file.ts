/** Small files of the user's own, read and written so that nobody else can slip one in, and nobody reads half of one. */
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

const OTHERS_MAY_WRITE = 0o022;

/** The text of a regular file that is ours and that nobody else may write; null for anything else. */
export function readOwnFile(path: string, mostBytes: number): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    const isOurs = stat.isFile() && stat.uid === process.geteuid?.() && (stat.mode & OTHERS_MAY_WRITE) === 0;
    return isOurs && stat.size <= mostBytes ? readFileSync(fd, 'utf8') : null;
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Two runs at once: the later one wins. A folder that cannot be written to is no error. */
export function replaceOwnFile(path: string, text: string): void {
  withDraft(path, text, (draft) => renameSync(draft, path));
}

/** @returns false where there is such a file already, or the folder cannot be written to */
export function createOwnFile(path: string, text: string): boolean {
  return withDraft(path, text, (draft) => linkSync(draft, path));
}

function withDraft(path: string, text: string, put: (draft: string) => void): boolean {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    put(draft);
    return true;
  } catch {
    return false;
  } finally {
    discard(draft);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A folder that may not even be looked into holds no draft of ours.
  }
}
