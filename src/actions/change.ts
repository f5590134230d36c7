/**
 * A change as the journal knows it: what was before and what was set, per thread, and how far it came. Pure data; the
 * records of a change fold into one `Change`.
 */
import type { ProcessId, ThreadId } from './controls.ts';
import type { MachineStep } from './machine/setting.ts';
import { type SettingName, type SettingValue, type SettingValues, sameValue } from './settings/setting.ts';

/** Values by kind; only the kinds that the change touches. */
export type Values = { readonly [Name in SettingName]?: SettingValues[Name] };

/** A thread that was changed or was as wanted already: then `before` and `set` are equal. */
export interface ThreadRecord extends ThreadId {
  readonly comm: string;
  readonly before: Values;
  readonly set: Values;
  /** Of a trial, which goes from one placement to another: what else the thread may have been given meanwhile. */
  readonly tried?: readonly Values[];
}

export interface ProcessRecord extends ProcessId {
  readonly comm: string;
  readonly threads: readonly ThreadRecord[];
  /** Threads that were there and were not meant: an undo leaves them alone. */
  readonly others: readonly ThreadId[];
}

/** Pages moved between nodes, process by process. */
export interface MigrationRecord extends ProcessId {
  readonly from: string;
  readonly to: string;
}

/**
 * - `planned`: written before the first thread is touched; some or all may have been
 * - `applied`: all threads were changed and read back
 * - `undoing`: an undo has begun
 * - `undone`: everything is as it was
 * - `refused`: a step was refused while it was made, and what had been done was put back at once
 * - `done`: it was done and there is nothing to undo; kept for people to look up
 * - `forgotten`: nothing can be undone any more: the machine was restarted
 */
export type ChangeState = 'planned' | 'applied' | 'undoing' | 'undone' | 'refused' | 'done' | 'forgotten';

export type JournalRecord =
  | {
      readonly record: 'planned';
      readonly id: string;
      readonly bootId: string;
      /** Wall clock, ISO 8601. */
      readonly at: string;
      readonly by: ProcessId;
      /** What was asked, for people: "pin arena core:6". */
      readonly command: string;
      /** Of the machine as a whole, in the order in which they are made: before the threads. */
      readonly steps: readonly MachineStep[];
      readonly processes: readonly ProcessRecord[];
      /** Every process was recorded: one that was not is born later, and inherited what it has. */
      readonly coversAll: boolean;
      /** When it ends by itself, in nanoseconds of the boot clock; null for never. */
      readonly dueBootNs: bigint | null;
    }
  /** Processes found later, written before they are touched; where every process is meant. */
  | { readonly record: 'processes'; readonly processes: readonly ProcessRecord[] }
  /** Threads found later, written before they are touched. */
  | { readonly record: 'threads'; readonly process: ProcessId; readonly threads: readonly ThreadRecord[] }
  | { readonly record: 'migrating'; readonly migration: MigrationRecord }
  | { readonly record: 'guarded'; readonly by: ProcessId }
  | { readonly record: 'applied'; readonly at: string }
  | { readonly record: 'undoing'; readonly at: string; readonly by: ProcessId }
  | { readonly record: 'undone'; readonly at: string }
  /** What came of it, in English: "brought in 64 MiB". */
  | { readonly record: 'done'; readonly at: string; readonly note: string }
  | { readonly record: 'forgotten'; readonly at: string };

/**
 * Of the format of journal files, not of the program. 2 added `steps`, `coversAll` and the record `processes`; 3 the
 * record `done`.
 */
export const JOURNAL_VERSION = 3;

/** A record as one line of a journal file; see journal-format.ts for the way back. 64-bit numbers go as decimal strings. */
export function encodeRecord(record: JournalRecord): string {
  const tagged = record.record === 'planned' ? { version: JOURNAL_VERSION, ...record } : record;
  return `${JSON.stringify(tagged, (_, value) => (typeof value === 'bigint' ? value.toString() : value))}\n`;
}

export interface Change {
  readonly id: string;
  readonly bootId: string;
  readonly at: string;
  /** Wall clock, ISO 8601; null while there may be something to put back. */
  readonly endedAt: string | null;
  readonly command: string;
  readonly state: ChangeState;
  /** Who works on it, or did last. */
  readonly by: ProcessId;
  readonly steps: readonly MachineStep[];
  readonly processes: readonly ProcessRecord[];
  readonly coversAll: boolean;
  readonly migrations: readonly MigrationRecord[];
  readonly dueBootNs: bigint | null;
  /** The process that undoes it when it is due. */
  readonly guardian: ProcessId | null;
  /** Of what is done, what came of it. */
  readonly note: string | null;
}

/** @returns null where the first record is not `planned`: such a file is no change */
export function foldRecords(records: readonly JournalRecord[]): Change | null {
  let change: Change | null = null;
  for (const record of records) {
    if (record.record === 'planned') {
      if (change !== null) return null;
      change = {
        ...withoutTag(record),
        state: 'planned',
        endedAt: null,
        migrations: [],
        guardian: null,
        note: null,
      };
    } else if (change === null) return null;
    else change = advanced(change, record);
  }
  return change;
}

function withoutTag({ record: _, ...rest }: Extract<JournalRecord, { record: 'planned' }>) {
  return rest;
}

function advanced(change: Change, record: Exclude<JournalRecord, { record: 'planned' }>): Change {
  switch (record.record) {
    case 'processes':
      return { ...change, processes: [...change.processes, ...record.processes] };
    case 'threads':
      return { ...change, processes: change.processes.map((one) => withThreads(one, record)) };
    case 'migrating':
      return { ...change, migrations: [...change.migrations, record.migration] };
    case 'guarded':
      return { ...change, guardian: record.by };
    case 'undoing':
      return { ...change, state: 'undoing', by: record.by };
    case 'done':
      return { ...change, state: 'done', note: record.note, endedAt: record.at };
    // Nobody asked for it to be undone: who made it put it back.
    case 'undone':
      return { ...change, state: change.state === 'planned' ? 'refused' : 'undone', endedAt: record.at };
    case 'forgotten':
      return { ...change, state: 'forgotten', endedAt: record.at };
    default:
      return { ...change, state: record.record };
  }
}

function withThreads(
  process: ProcessRecord,
  found: Extract<JournalRecord, { record: 'threads' }>,
): ProcessRecord {
  const same = process.tgid === found.process.tgid && process.startTicks === found.process.startTicks;
  return same ? { ...process, threads: [...process.threads, ...found.threads] } : process;
}

const FINISHED: readonly ChangeState[] = ['undone', 'refused', 'done', 'forgotten'];

/** Whether there may be something to put back. */
export function isActive(change: Change): boolean {
  return !FINISHED.includes(change.state);
}

/** Whether a thread was really changed, or was as wanted before. */
export function wasChanged(thread: ThreadRecord): boolean {
  const before = JSON.stringify(thread.before);
  return [thread.set, ...(thread.tried ?? [])].some((values) => JSON.stringify(values) !== before);
}

/** Whether a value of a thread is one that the change gave it, or may have. */
export function wasGiven(thread: ThreadRecord, name: SettingName, found: SettingValue): boolean {
  return [thread.set, ...(thread.tried ?? [])].some((values) => {
    const given = values[name];
    return given !== undefined && sameValue(given, found);
  });
}
