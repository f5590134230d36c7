/**
 * The folder of changes: one file per change, `c-17.jsonl`, 0600 in a folder of 0700. A record is on the disk when
 * `append` returns (fsync of the file; for a new file, of the folder too), so that what is read after a crash is at
 * least what was done.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { FormatError, KeelError } from '../base/errors.ts';
import { systemReason } from '../base/system-error.ts';
import type { ChangeLog } from './apply.ts';
import { type Change, encodeRecord, foldRecords, isActive, type JournalRecord } from './change.ts';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  constants;
const FILE_NAME = /^c-([1-9]\d{0,8})\.jsonl$/;
/** A change of a process with 100,000 threads takes about 30 MB. */
const MOST_BYTES = 512 * 1024 * 1024;
/** Finished changes are kept this long, and this many: to look up what was done last week, not last year. */
const KEPT_MS = 30 * 24 * 3600 * 1000;
const MOST_KEPT = 200;

/** A file that is in the folder and is no change. */
export interface BrokenChange {
  readonly id: string;
  readonly path: string;
  readonly why: string;
}

export interface JournalContent {
  /** Ascending by number. */
  readonly changes: readonly Change[];
  readonly broken: readonly BrokenChange[];
}

export class Journal {
  readonly folder: string;

  /** @param folder absolute; made when the first change is written */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws KeelError E_IO, E_CONFLICT where the folder belongs to somebody else */
  async read(): Promise<JournalContent> {
    return this.#readFiles(this.#numbers());
  }

  /** Differs where a change was made, went on or was ended since. @throws KeelError E_IO, E_CONFLICT */
  fingerprint(): string {
    return this.#numbers()
      .map((number) => {
        const path = this.#path(`c-${number}`);
        const { mtimeMs, size } = attempt(path, () => statSync(path));
        return `${number}:${mtimeMs}:${size}`;
      })
      .join(' ');
  }

  async #readFiles(numbers: readonly number[]): Promise<JournalContent> {
    if (numbers.length === 0) return { changes: [], broken: [] };
    const { parseJournal } = await import('./journal-format.ts');
    const changes: Change[] = [];
    const broken: BrokenChange[] = [];
    for (const number of numbers) {
      const id = `c-${number}`;
      const path = this.#path(id);
      try {
        const change = foldRecords(parseJournal(readOwn(path)));
        if (change?.id === id) changes.push(change);
        // A file without one whole record was cut off before anything was changed.
        else if (change !== null) broken.push({ id, path, why: `it says that it is ${change.id}` });
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        broken.push({ id, path, why: error.message });
      }
    }
    return { changes, broken };
  }

  /** The id that the next change will have. */
  nextId(): string {
    return `c-${(this.#numbers().at(-1) ?? 0) + 1}`;
  }

  /**
   * Deletes the files of finished changes that are old or many. What may still have to be put back stays, whatever its
   * age, and so do files that are no changes, and the last one: its number must not come again. The lock must be held.
   * @throws KeelError E_IO, E_CONFLICT
   */
  async prune(unixMs: number): Promise<void> {
    const numbers = this.#numbers();
    const old = numbers.slice(0, -1).filter((number, i) => {
      if (numbers.length - i > MOST_KEPT) return true;
      return unixMs - attempt(this.folder, () => statSync(this.#path(`c-${number}`)).mtimeMs) > KEPT_MS;
    });
    if (old.length === 0) return;
    const { changes } = await this.#readFiles(old);
    for (const change of changes.filter((one) => !isActive(one))) {
      attempt(this.folder, () => unlinkSync(this.#path(change.id)));
    }
  }

  /** A new file. The lock must be held. @throws KeelError E_IO, E_CONFLICT */
  create(id: string): OpenChange {
    this.#makeFolder();
    const path = this.#path(id);
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW;
    const fd = attempt(path, () => openSync(path, flags, 0o600));
    this.#syncFolder();
    return new OpenChange(path, fd);
  }

  /** To append to a change that is there. The lock must be held. @throws KeelError E_IO, E_CONFLICT */
  open(id: string): OpenChange {
    const path = this.#path(id);
    const fd = attempt(path, () => openSync(path, O_RDWR | O_APPEND | O_NOFOLLOW));
    attempt(path, () => cutUnfinishedLine(fd));
    return new OpenChange(path, fd);
  }

  /** A file to lock while changes are made; closing it gives the lock back. @throws KeelError E_IO, E_CONFLICT */
  openLockFile(): number {
    this.#makeFolder();
    const path = this.#lockPath();
    return attempt(path, () => openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600));
  }

  /** Writes down who holds the lock, for the others to name. @throws KeelError E_IO, such as on a full disk */
  signLockFile(fd: number, holder: number): void {
    attempt(this.#lockPath(), () => {
      ftruncateSync(fd, 0);
      writeSync(fd, `${holder}\n`, 0);
    });
  }

  #lockPath(): string {
    return join(this.folder, 'lock');
  }

  #path(id: string): string {
    return join(this.folder, `${id}.jsonl`);
  }

  #numbers(): readonly number[] {
    let names: readonly string[];
    try {
      this.#checkFolder();
      names = readdirSync(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw asKeelError(this.folder, error);
    }
    return names
      .map((name) => FILE_NAME.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  }

  #makeFolder(): void {
    attempt(this.folder, () => makeFolder(this.folder));
    attempt(this.folder, () => this.#checkFolder());
  }

  /** Who can write here can make us change processes: it must be ours alone. */
  #checkFolder(): void {
    const fd = openSync(this.folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      checkOwner(this.folder, fd);
    } finally {
      closeSync(fd);
    }
  }

  #syncFolder(): void {
    attempt(this.folder, () => {
      const fd = openSync(this.folder, O_RDONLY | O_DIRECTORY);
      try {
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
  }
}

/** A change that is being written. */
export class OpenChange implements ChangeLog {
  readonly #path: string;
  readonly #fd: number;

  constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
  }

  append(record: JournalRecord): void {
    attempt(this.#path, () => {
      const bytes = Buffer.from(encodeRecord(record));
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
      fsyncSync(this.#fd);
    });
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** What was being written when the tool died would otherwise run into the next record. */
function cutUnfinishedLine(fd: number): void {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(size);
  readSync(fd, bytes, 0, size, 0);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < size) ftruncateSync(fd, whole);
}

/** With `recursive` alone, Node.js says ENOENT on a file system that is read-only. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') mkdirSync(path, { recursive: true, mode: 0o700 });
    else if (code !== 'EEXIST') throw error;
  }
}

/** @throws KeelError E_CONFLICT for a file of somebody else; FormatError for one that cannot be a change */
function readOwn(path: string): string {
  const fd = openOwn(path);
  try {
    checkOwner(path, fd);
    const status = fstatSync(fd);
    if (!status.isFile() || status.size > MOST_BYTES) throw new FormatError('a file of a change', path);
    return attempt(path, () => readFileSync(fd, 'utf8'));
  } finally {
    closeSync(fd);
  }
}

/** Not held up by a pipe, and not led elsewhere by a link: neither is a change, and neither bars the others. */
function openOwn(path: string): number {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw new FormatError('a file, not a link', path);
    throw asKeelError(path, error);
  }
}

function checkOwner(path: string, fd: number): void {
  const { uid, mode } = fstatSync(fd);
  const mine = uid === (process.geteuid?.() ?? uid);
  if (mine && (mode & 0o022) === 0) return;
  throw new KeelError('E_CONFLICT', {
    what: {
      en: `${path} ${mine ? 'can be written by others' : `belongs to user ${uid}`}; what it says is not trusted`,
      ko: `${path}은(는) ${mine ? '다른 사용자가 쓸 수 있으므로' : `사용자 ${uid}의 것이므로`} 믿을 수 없습니다`,
    },
    next: [
      {
        en: 'Look at it, then make it yours alone: chown and chmod go-w',
        ko: '내용을 확인한 뒤 본인만 쓸 수 있게 하세요: chown, chmod go-w',
      },
    ],
  });
}

function attempt<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw asKeelError(path, error);
  }
}

function asKeelError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof KeelError || code === undefined) return error;
  const reason = systemReason(error);
  return new KeelError('E_IO', {
    what: {
      en: `the journal ${path} cannot be used: ${reason.en}`,
      ko: `저널 ${path}을(를) 사용할 수 없습니다: ${reason.ko}`,
    },
    next: [
      {
        en: 'Choose another folder for it: XDG_STATE_HOME=FOLDER keel …',
        ko: '다른 폴더를 지정하세요: XDG_STATE_HOME=폴더 keel …',
      },
    ],
    cause: error,
  });
}
