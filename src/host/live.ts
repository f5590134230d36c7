/** The running machine, and a folder that holds the copy of one. The only code that opens kernel files. */
import { closeSync, openSync, readdirSync, readlinkSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { type Maybe, missing } from '../base/missing.ts';
import { HeldFile } from './held-file.ts';
import type { HeldText, TextSource } from './host.ts';
import type { ReaderKind } from './reader.ts';

/**
 * What is asked for at once. For files below /proc/sys the kernel allocates as much as it is asked for, and refuses
 * 4 MiB with ENOMEM (proc_sys_call_handler). After /proc/kallsyms the buffer is larger than that.
 */
const MOST_READ_BYTES = 1 << 20;

let buffer = Buffer.allocUnsafe(64 * 1024);

/** Kernel files report no useful size, so read until the end. One buffer serves all reads and grows as needed. */
function readWhole(path: string, encoding: 'utf8' | 'latin1'): string {
  const fd = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const asked = Math.min(buffer.length - length, MOST_READ_BYTES);
      const count = readSync(fd, buffer, length, asked, null);
      if (count === 0) return buffer.toString(encoding, 0, length);
      length += count;
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    }
  } finally {
    closeSync(fd);
  }
}

function readText(kind: ReaderKind, path: string): string {
  if (kind === 'file') return readWhole(path, 'utf8');
  if (kind === 'bytes') return readWhole(path, 'latin1');
  return kind === 'list' ? readdirSync(path).join('\n') : readlinkSync(path);
}

/** The running machine. */
export class LiveSource implements TextSource {
  text(kind: ReaderKind, path: string): Maybe<string> {
    try {
      return readText(kind, path);
    } catch (error) {
      return missingFor(error, path, this.#taskEnded(path));
    }
  }

  hold(path: string): HeldText {
    return new HeldFile(path, (error) => missingFor(error, path, this.#taskEnded(path)));
  }

  /** A file below /proc/PID is absent for one of two reasons; only the task's own folder tells them apart. */
  #taskEnded(path: string): boolean {
    const task = /^\/proc\/\d+(?:\/task\/\d+)?/.exec(path)?.[0];
    if (task === undefined) return false;
    try {
      closeSync(openSync(`${task}/stat`, 'r'));
      return false;
    } catch {
      return true;
    }
  }
}

/** A folder with the copy of a machine. Links inside it that lead out of it are not followed. */
export class FolderSource implements TextSource {
  readonly #root: string;

  constructor(root: string) {
    this.#root = realpathSync(root);
  }

  text(kind: ReaderKind, path: string): Maybe<string> {
    const full = join(this.#root, path);
    try {
      // A link is read itself, but the folders on the way to it may be links too.
      const real = kind === 'link' ? join(realpathSync(dirname(full)), basename(full)) : realpathSync(full);
      if (real !== this.#root && !real.startsWith(this.#root + sep)) {
        return missing('not-captured', path, 'a link that leads out of the folder');
      }
      return readText(kind, real);
    } catch (error) {
      const value = missingFor(error, path, false);
      return value.missing === 'absent' ? missing('not-captured', path, value.detail) : value;
    }
  }
}

function missingFor(error: unknown, path: string, ended: boolean) {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ESRCH':
      return missing('gone', path);
    case 'ENOENT':
    case 'ENOTDIR':
      return ended ? missing('gone', path) : missing('absent', path);
    case 'EACCES':
    case 'EPERM':
      return missing('denied', path, code);
    case 'ENODEV':
    case 'ENXIO':
    case 'ENODATA':
    case 'EOPNOTSUPP':
    case 'EISDIR':
      return missing('absent', path, code);
    case undefined:
      throw error;
    default:
      return missing('unreadable', path, code);
  }
}
