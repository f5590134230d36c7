/**
 * SQLite, as far as the history needs it: Node's own where this Node has it (22.13 and later), else the package with the
 * same interface. What it throws becomes a StoreError that says what a user can do something about.
 */
import { createRequire } from 'node:module';

export type Value = string | number | bigint | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;

export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
  iterate(...values: Value[]): IterableIterator<Row>;
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

type DatabaseSync = new (path: string, options: Readonly<Record<string, boolean | number>>) => Database;

/** Another process writes for milliseconds at a time; one that takes longer is stuck. */
const BUSY_TIMEOUT_MS = 5000;

/** - `damaged`: its bytes are no database, or not one of ours
 *  - `full`: no room on the disk, or none within the limit
 *  - `refused`: it may not be read or written here
 *  - `busy`: another process holds it
 *  - `failed`: anything else */
export type StoreTrouble = 'damaged' | 'full' | 'refused' | 'busy' | 'failed';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly trouble: StoreTrouble;

  constructor(trouble: StoreTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.trouble = trouble;
  }
}

/** Where a statement fails, the package tells only the words of SQLite (sqlite3_errstr), which do not change. */
const WORDS: readonly (readonly [RegExp, StoreTrouble])[] = [
  [/malformed|not a database/, 'damaged'],
  [/disk is full/, 'full'],
  [/readonly|unable to open|access permission/, 'refused'],
  [/locked/, 'busy'],
];

/** Primary result codes; the upper bits of a code say more of the same. See sqlite.org/rescode.html. */
const TROUBLES: Readonly<Record<number, StoreTrouble>> = {
  3: 'refused',
  5: 'busy',
  6: 'busy',
  8: 'refused',
  11: 'damaged',
  13: 'full',
  14: 'refused',
  23: 'refused',
  26: 'damaged',
};

/** @throws StoreError */
export function openDatabase(path: string, readOnly: boolean): Database {
  return guarded(() => new (implementation())(path, { readOnly, timeout: BUSY_TIMEOUT_MS }));
}

/** What `use` throws, as a StoreError where it comes from SQLite. */
export function guarded<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    const { code, errcode, message } = error as { code?: unknown; errcode?: number; message: string };
    if (code !== 'ERR_SQLITE_ERROR') throw error;
    const said = WORDS.find(([words]) => words.test(message))?.[1];
    throw new StoreError(TROUBLES[(errcode ?? 0) & 0xff] ?? said ?? 'failed', message, error);
  }
}

/** All of it or nothing, whatever ends this process. */
export function inTransaction<T>(database: Database, use: () => T): T {
  return guarded(() => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = use();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(database);
      throw error;
    }
  });
}

/** A full disk rolls back by itself; then there is nothing left to roll back. */
function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {}
}

/** @throws StoreError */
function implementation(): DatabaseSync {
  return (ownModule() ?? packageModule()).DatabaseSync;
}

/** An optional package: it is built for the usual machines, and an installation on another one goes without it. */
function packageModule(): { DatabaseSync: DatabaseSync } {
  try {
    return createRequire(import.meta.url)('@photostructure/sqlite') as { DatabaseSync: DatabaseSync };
  } catch (error) {
    const why = 'Node.js has SQLite since 22.13; for this one, @photostructure/sqlite is not installed';
    throw new StoreError('failed', why, error);
  }
}

/** Node 22.5 to 22.12 has it behind a flag: there, it is as if it were not. */
function ownModule(): { DatabaseSync: DatabaseSync } | null {
  const builtin = process.getBuiltinModule as ((name: string) => unknown) | undefined;
  return (builtin?.('node:sqlite') as { DatabaseSync: DatabaseSync } | undefined) ?? null;
}
