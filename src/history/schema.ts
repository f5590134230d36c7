/** The tables of a history. */
import { closeSync, openSync } from 'node:fs';
import { systemReason } from '../base/system-error.ts';
import { type Database, guarded, inTransaction, openDatabase, StoreError } from './sqlite.ts';

/** Written into the file (PRAGMA application_id), so that no other program's database is taken for ours: "keel". */
const APPLICATION_ID = 0x6b65656c;

/** Each entry makes the next version; entries never change once they were released. */
const VERSIONS: readonly string[] = [
  `CREATE TABLE recordings (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     began_ms INTEGER NOT NULL,
     ended_ms INTEGER,
     boot_id TEXT,
     every_ns INTEGER NOT NULL,
     title TEXT NOT NULL
   ) STRICT;
   CREATE TABLE targets (
     id INTEGER PRIMARY KEY,
     recording INTEGER NOT NULL,
     tgid INTEGER NOT NULL,
     start_ticks INTEGER NOT NULL,
     comm TEXT NOT NULL,
     unit TEXT,
     UNIQUE (recording, tgid, start_ticks)
   ) STRICT;
   -- One row holds one frame while it is new, and many once it is older.
   CREATE TABLE frames (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     recording INTEGER NOT NULL,
     from_ms INTEGER NOT NULL,
     to_ms INTEGER NOT NULL,
     frames INTEGER NOT NULL,
     block BLOB NOT NULL
   ) STRICT;
   CREATE INDEX frames_by_time ON frames (recording, from_ms);
   CREATE TABLE series (
     target INTEGER NOT NULL,
     metric TEXT NOT NULL,
     step_sec INTEGER NOT NULL,
     at_sec INTEGER NOT NULL,
     least REAL NOT NULL,
     most REAL NOT NULL,
     total REAL NOT NULL,
     frames INTEGER NOT NULL,
     PRIMARY KEY (target, metric, step_sec, at_sec)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX series_by_age ON series (step_sec, at_sec);
   CREATE TABLE events (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     recording INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     kind TEXT NOT NULL,
     tgid INTEGER,
     tid INTEGER,
     weight REAL NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX events_by_time ON events (at_ms);
   CREATE INDEX events_by_kind ON events (kind, id);`,
  // By age first: old ones go without an index of their own, and a range holds few targets.
  `CREATE TABLE octaves (
     step_sec INTEGER NOT NULL,
     at_sec INTEGER NOT NULL,
     target INTEGER NOT NULL,
     kind INTEGER NOT NULL,
     octave INTEGER NOT NULL,
     events INTEGER NOT NULL,
     PRIMARY KEY (step_sec, at_sec, target, kind, octave)
   ) STRICT, WITHOUT ROWID;`,
];

/** Since this version there are octaves. A file that is only read is not made newer. */
export const OCTAVES_VERSION = 2;

/**
 * Opens for writing; makes the file and its tables where they are not there. What was committed is kept whatever ends
 * this process; a loss of power may take the last seconds (WAL with synchronous=NORMAL).
 * @throws StoreError
 */
export function openForWriting(path: string): Database {
  createPrivate(path);
  const database = openDatabase(path, false);
  try {
    guarded(() => {
      // Only before the first table: pages that become free are given back to the file system.
      database.exec(
        'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL',
      );
      database.exec('PRAGMA journal_size_limit = 4194304; PRAGMA cache_size = -2048');
    });
    inTransaction(database, () => upgrade(database));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite would make it for everybody to read; its log takes the mode of the file. */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const full = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    throw new StoreError(full ? 'full' : 'refused', systemReason(error).en, error);
  }
}

/** @throws StoreError; `damaged` also for a database of something else */
export function openForReading(path: string): Database {
  const database = openDatabase(path, true);
  try {
    guarded(() => requireOurs(database));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function upgrade(database: Database): void {
  const version = pragma(database, 'user_version');
  if (version === 0 && isEmpty(database)) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  requireOurs(database);
  for (const sql of VERSIONS.slice(version)) database.exec(sql);
  database.exec(`PRAGMA user_version = ${VERSIONS.length}`);
}

function requireOurs(database: Database): void {
  if (pragma(database, 'application_id') !== APPLICATION_ID)
    throw new StoreError('damaged', 'it is a database of another program');
  const version = pragma(database, 'user_version');
  if (version > VERSIONS.length)
    throw new StoreError('refused', `it was written by a later keel (version ${version} of the history)`);
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

/** A number that SQLite keeps about the file. */
export function pragma(database: Database, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}
