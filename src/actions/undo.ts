/**
 * Puts a change back: the machine first, in the opposite order of its steps, then thread by thread.
 *
 * A thread that was recorded gets back what it had. A thread that was born after the change and still has what was set
 * inherited it; it gets what its parent had, and since the kernel does not tell the parent: what all recorded threads
 * had if that was the same, else what the main thread had, else what the lowest recorded thread had. A thread that was
 * there and was not meant is left alone, and so is one that was born later and has something else by now. Where every
 * process was meant, the same holds for processes: one that is not recorded gets what its nearest recorded ancestor had.
 */
import type { Sentence } from '../base/sentence.ts';
import { entriesOf } from './apply.ts';
import {
  type Change,
  type MigrationRecord,
  type ProcessRecord,
  type ThreadRecord,
  wasGiven,
} from './change.ts';
import { type Controls, type LiveThread, type ThreadId, threadKey } from './controls.ts';
import { processKey } from './everyone.ts';
import { inheritedBefore, recordedAncestor } from './inheritance.ts';
import { type MachineStep, stepKey } from './machine/setting.ts';
import { isGone, Refused } from './refused.ts';
import { settingNamed } from './settings/index.ts';
import { type SettingName, type SettingValue, sameValue } from './settings/setting.ts';
import {
  changesMasks,
  findNotRestored,
  findStepConflicts,
  type StepConflict,
  stepsToUndo,
  undoSteps,
} from './steps.ts';
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
  readonly label: Sentence;
  readonly from: string;
  readonly to: string;
  /** Born after the change. */
  readonly inherited: boolean;
}

export interface UndoResult {
  readonly restored: readonly Restored[];
  /** The conflicts were overwritten rather than left. */
  readonly overwrote: boolean;
  readonly conflicts: readonly Conflict[];
  /** Recorded threads that have ended; normal. */
  readonly goneThreads: number;
  readonly goneProcesses: number;
  /** Pages that were sent back, as far as the kernel moved them; which page lay where is not known. */
  readonly pagesBack: readonly MigrationRecord[];
  /** Values that do not read back as they were, without those that were left to others. */
  readonly notRestored: readonly Conflict[];
  /** Of the machine as a whole. */
  readonly machine: {
    readonly restored: readonly MachineStep[];
    readonly conflicts: readonly StepConflict[];
    readonly notRestored: readonly StepConflict[];
  };
  /** What the kernel said to the first value that it did not take back. */
  readonly refused: Refused | null;
}

/**
 * Threads that somebody else changed since: they have neither what was set nor what was before. Reads only. None is known
 * where such steps of the machine were cut off: a cpuset half made or half taken back leaves masks that nobody chose.
 */
export function findConflicts(controls: Controls, change: Change): readonly Conflict[] {
  if (change.steps.some(changesMasks) && change.state !== 'applied') return [];
  return compareThreads(
    controls,
    change,
    (name, found, record) => wasGiven(record, name, found) || isBefore(name, found, record),
  );
}

function isBefore(name: SettingName, found: SettingValue, record: ThreadRecord): boolean {
  const before = record.before[name];
  return before !== undefined && sameValue(found, before);
}

/** The values of recorded threads that are not as expected. */
function compareThreads(
  controls: Controls,
  change: Change,
  isExpected: (name: SettingName, found: SettingValue, record: ThreadRecord) => boolean,
): readonly Conflict[] {
  return change.processes.flatMap((process) => {
    const records = recordsOf(process);
    return (controls.threads(process) ?? []).flatMap((thread) => {
      const record = records.get(threadKey(thread));
      return entriesOf(record?.set ?? {}).flatMap(([name, set]) => {
        const setting = settingNamed(name);
        const before = record?.before[name];
        const found = readOrGone(() => setting.read(controls, process, thread));
        if (found === null || record === undefined || before === undefined) return [];
        if (isExpected(name, found, record)) return [];
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
    });
  });
}

/** Goes on where the kernel does not take a value back, so that as much as can be is as before. */
export function undoChange(
  controls: Controls,
  change: Change,
  onConflict: Exclude<OnConflict, 'refuse'>,
): UndoResult {
  return goBack(controls, change, onConflict, false);
}

/**
 * What undoChange would put back now, by the same walk; reads only. What threads have while the steps of the machine still
 * stand is compared, and that the kernel would refuse a value is not known before it is asked.
 */
export function previewUndo(
  controls: Controls,
  change: Change,
  onConflict: Exclude<OnConflict, 'refuse'>,
): UndoResult {
  return goBack(controls, change, onConflict, true);
}

function goBack(
  controls: Controls,
  change: Change,
  onConflict: Exclude<OnConflict, 'refuse'>,
  isPreview: boolean,
): UndoResult {
  const conflicts = findConflicts(controls, change);
  const left = new Set(onConflict === 'leave' ? conflicts.map(valueKey) : []);
  const stepConflicts = findStepConflicts(controls.machine, change.steps);
  const leftSteps = new Set(onConflict === 'leave' ? stepConflicts.map(({ step }) => stepKey(step)) : []);
  const undoneSteps = isPreview
    ? { restored: stepsToUndo(controls.machine, change.steps, leftSteps), refused: null }
    : undoSteps(controls.machine, change.steps, leftSteps);
  const work: Work = { controls, isPreview, done: new Set(left), restored: [], refused: undoneSteps.refused };
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
    undoProcess(work, process, process);
  }
  if (change.coversAll) undoNewborn(work, change);
  const pagesBack = change.migrations.filter((migration) => sendPagesBack(work, migration));
  return {
    restored: work.restored,
    overwrote: onConflict === 'overwrite',
    conflicts,
    goneThreads,
    goneProcesses,
    pagesBack,
    notRestored: isPreview
      ? []
      : compareThreads(controls, change, isBefore).filter((one) => !left.has(valueKey(one))),
    machine: {
      restored: undoneSteps.restored,
      conflicts: stepConflicts,
      notRestored: isPreview
        ? []
        : findNotRestored(controls.machine, change.steps).filter(({ step }) => !leftSteps.has(stepKey(step))),
    },
    refused: work.refused,
  };
}

function sendPagesBack(work: Work, { from, to, ...process }: MigrationRecord): boolean {
  if (work.isPreview) return work.controls.threads(process) !== null;
  try {
    work.controls.migratePages(process, to, from);
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.reason !== 'gone') work.refused ??= error;
    return false;
  }
}

interface Work {
  readonly controls: Controls;
  /** Nothing is written; what would be is told. */
  readonly isPreview: boolean;
  /** Values that were written or are left alone: each is written once. */
  readonly done: Set<string>;
  readonly restored: Restored[];
  refused: Refused | null;
}

function valueKey(value: { readonly tid: number; readonly setting: SettingName }): string {
  return `${value.tid} ${value.setting}`;
}

/** @param parent whose threads an unrecorded thread may have inherited from */
function undoProcess(work: Work, process: ProcessRecord, parent: ProcessRecord): void {
  const records = recordsOf(process);
  const others = new Set(process.others.map(threadKey));
  const settings = settingsOf(parent);
  walkThreads(work.controls, process, [], (threads) => {
    const changed: ThreadId[] = [];
    for (const thread of threads) {
      if (others.has(threadKey(thread))) continue;
      for (const setting of settings) {
        const key = valueKey({ tid: thread.tid, setting });
        if (work.done.has(key)) continue;
        const restored = restoreValue(work, process, thread, setting, records.get(threadKey(thread)), parent);
        if (restored === null) continue;
        work.done.add(key);
        work.restored.push(restored);
        if (!work.isPreview) changed.push(thread);
      }
    }
    return changed;
  });
}

const MOST_ROUNDS = 100;

/** Processes born since; who forks while they are looked at leaves another one. */
function undoNewborn(work: Work, change: Change): void {
  const recorded = new Map(change.processes.map((process) => [processKey(process), process]));
  const seen = new Set(recorded.keys());
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
    const all = work.controls.machine.processes();
    const fresh = all.filter((process) => !seen.has(processKey(process)));
    if (fresh.length === 0) return;
    const byId = new Map(all.map((process) => [process.tgid, process]));
    for (const process of fresh) {
      seen.add(processKey(process));
      const parent = recordedAncestor(process, byId, recorded);
      const { tgid, startTicks, comm } = process;
      if (parent !== null) undoProcess(work, { tgid, startTicks, comm, threads: [], others: [] }, parent);
    }
  }
}

/** null where there was nothing to do, the thread has ended, or the kernel refused. */
function restoreValue(
  work: Work,
  process: ProcessRecord,
  thread: LiveThread,
  name: SettingName,
  record: ThreadRecord | undefined,
  parent: ProcessRecord,
): Restored | null {
  const setting = settingNamed(name);
  try {
    const found = setting.read(work.controls, process, thread);
    const before = record === undefined ? inheritedBefore(parent, name, found) : record.before[name];
    if (before === undefined || before === null || sameValue(found, before)) return null;
    if (!work.isPreview) setting.restore(work.controls, process, thread, before);
    return {
      tgid: process.tgid,
      tid: thread.tid,
      comm: thread.comm,
      setting: name,
      label: setting.label,
      from: setting.text(found),
      to: setting.text(before),
      inherited: record === undefined,
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.reason !== 'gone') work.refused ??= error;
    return null;
  }
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
