/**
 * Puts a change back, thread by thread.
 *
 * A thread that was recorded gets back what it had. A thread that was born after the change and still has what was set
 * inherited it; it gets what its parent had, and since the kernel does not tell the parent: what all recorded threads
 * had if that was the same, else what the main thread had, else what the lowest recorded thread had. A thread that was
 * there and was not meant is left alone, and so is one that was born later and has something else by now.
 */
import { entriesOf } from './apply.ts';
import type { Change, ProcessRecord, ThreadRecord } from './change.ts';
import { type Controls, type LiveThread, type ThreadId, threadKey } from './controls.ts';
import { isGone } from './refused.ts';
import { settingNamed } from './settings/index.ts';
import { type SettingName, type SettingValue, sameValue } from './settings/setting.ts';
import { walkThreads } from './walk.ts';

/**
 * What to do with a thread that has neither what we set nor what it had before.
 * - `refuse`: nothing of the change is undone
 * - `leave`: this one stays as it is
 * - `overwrite`: it gets back what it had
 */
export type OnConflict = 'refuse' | 'leave' | 'overwrite';

export interface Conflict {
  readonly tgid: number;
  readonly tid: number;
  readonly comm: string;
  readonly setting: SettingName;
  readonly before: string;
  readonly set: string;
  readonly found: string;
}

/** One value that was put back. */
export interface Restored {
  readonly tgid: number;
  readonly tid: number;
  readonly comm: string;
  readonly setting: SettingName;
  readonly from: string;
  readonly to: string;
  /** Born after the change. */
  readonly inherited: boolean;
}

export interface UndoResult {
  readonly restored: readonly Restored[];
  readonly conflicts: readonly Conflict[];
  /** Recorded threads that have ended; normal. */
  readonly goneThreads: number;
  readonly goneProcesses: number;
  /** Threads that do not read back as they were. */
  readonly notRestored: readonly Conflict[];
}

/** Threads that somebody else changed since. Reads only. */
export function findConflicts(controls: Controls, change: Change): readonly Conflict[] {
  return change.processes.flatMap((process) => {
    const records = recordsOf(process);
    return (controls.threads(process) ?? []).flatMap((thread) => {
      const record = records.get(threadKey(thread));
      return record === undefined ? [] : conflictsOf(controls, process, thread, record);
    });
  });
}

function conflictsOf(
  controls: Controls,
  process: ProcessRecord,
  thread: LiveThread,
  record: ThreadRecord,
): Conflict[] {
  return entriesOf(record.set).flatMap(([name, set]) => {
    const before = record.before[name];
    const setting = settingNamed(name);
    const found = readOrGone(() => setting.read(controls, process, thread));
    if (found === null || before === undefined || sameValue(found, set) || sameValue(found, before))
      return [];
    return [
      {
        tgid: process.tgid,
        tid: thread.tid,
        comm: thread.comm,
        setting: name,
        before: setting.text(before),
        set: setting.text(set),
        found: setting.text(found),
      },
    ];
  });
}

/** @throws Refused where the kernel does not take a value back */
export function undoChange(
  controls: Controls,
  change: Change,
  onConflict: Exclude<OnConflict, 'refuse'>,
): UndoResult {
  const restored: Restored[] = [];
  const conflicts = findConflicts(controls, change);
  const left = new Set(onConflict === 'leave' ? conflicts.map((one) => `${one.tid} ${one.setting}`) : []);
  let goneThreads = 0;
  let goneProcesses = 0;
  for (const process of change.processes) {
    const alive = controls.threads(process);
    if (alive === null) {
      goneProcesses += 1;
      continue;
    }
    const keys = new Set(alive.map(threadKey));
    goneThreads += process.threads.filter((thread) => !keys.has(threadKey(thread))).length;
    undoProcess(controls, process, left, restored);
  }
  const notRestored = findConflicts(controls, change).filter((one) => !left.has(`${one.tid} ${one.setting}`));
  return { restored, conflicts, goneThreads, goneProcesses, notRestored };
}

function undoProcess(
  controls: Controls,
  process: ProcessRecord,
  left: ReadonlySet<string>,
  restored: Restored[],
): void {
  const records = recordsOf(process);
  const others = new Set(process.others.map(threadKey));
  walkThreads(controls, process, (threads) => {
    let changed = 0;
    for (const thread of threads) {
      if (others.has(threadKey(thread))) continue;
      const record = records.get(threadKey(thread));
      for (const name of settingsOf(process)) {
        if (left.has(`${thread.tid} ${name}`)) continue;
        const back = restoreValue(controls, process, thread, name, record);
        if (back === null) continue;
        restored.push(back);
        changed += 1;
      }
    }
    return changed;
  });
}

/** null where there was nothing to do, or the thread has ended. */
function restoreValue(
  controls: Controls,
  process: ProcessRecord,
  thread: LiveThread,
  name: SettingName,
  record: ThreadRecord | undefined,
): Restored | null {
  const setting = settingNamed(name);
  return readOrGone(() => {
    if (record === undefined && setting.disturbs && !canHaveInherited(process, name)) return null;
    const found = setting.read(controls, process, thread);
    const before = record === undefined ? inheritedBefore(process, name, found) : record.before[name];
    if (before === undefined || before === null || sameValue(found, before)) return null;
    setting.write(controls, process, thread, before);
    return {
      tgid: process.tgid,
      tid: thread.tid,
      comm: thread.comm,
      setting: name,
      from: setting.text(found),
      to: setting.text(before),
      inherited: record === undefined,
    };
  });
}

function canHaveInherited(process: ProcessRecord, name: SettingName): boolean {
  return process.threads.some((thread) => thread.set[name] !== undefined);
}

/** What the parent of a thread had, by the rule at the top; null where the thread did not inherit what was set. */
function inheritedBefore(
  process: ProcessRecord,
  name: SettingName,
  found: SettingValue,
): SettingValue | null {
  const parents = process.threads.filter((thread) => {
    const set = thread.set[name];
    return set !== undefined && sameValue(set, found);
  });
  const [first] = parents;
  if (first === undefined) return null;
  const values = new Set(parents.map((thread) => JSON.stringify(thread.before[name])));
  const parent = values.size === 1 ? first : (parents.find((one) => one.tid === process.tgid) ?? first);
  return parent.before[name] ?? null;
}

function recordsOf(process: ProcessRecord): ReadonlyMap<string, ThreadRecord> {
  return new Map(process.threads.map((thread) => [threadKey(thread as ThreadId), thread]));
}

function settingsOf(process: ProcessRecord): readonly SettingName[] {
  return [...new Set(process.threads.flatMap((thread) => entriesOf(thread.set).map(([name]) => name)))];
}

function readOrGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
