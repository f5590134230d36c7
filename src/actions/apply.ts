/** Applies a change: writes down what is, changes it, finds the threads born meanwhile, and reads everything back. */
import type { JournalRecord, ProcessRecord, ThreadRecord } from './change.ts';
import { wasChanged } from './change.ts';
import { type Controls, type LiveThread, threadKey } from './controls.ts';
import { recordThread, type Target, wishesOf } from './plan.ts';
import { isGone, Refused } from './refused.ts';
import { settingNamed } from './settings/index.ts';
import { type SettingName, type SettingValue, sameValue, type Wish } from './settings/setting.ts';
import { walkThreads } from './walk.ts';

/** Durable when `append` returns. */
export interface ChangeLog {
  append(record: JournalRecord): void;
}

/** What the first record holds: read before anything is changed. */
export function recordProcesses(
  controls: Controls,
  targets: readonly Target[],
  wishes: readonly Wish[],
): readonly ProcessRecord[] {
  return targets.flatMap((target) => {
    const threads = controls.threads(target);
    if (threads === null) return [];
    return [
      {
        tgid: target.tgid,
        startTicks: target.startTicks,
        comm: target.comm,
        threads: threads.filter(target.meant).flatMap((thread) => recorded(controls, target, thread, wishes)),
        others: threads
          .filter((thread) => !target.meant(thread))
          .map(({ tid, startTicks }) => ({ tid, startTicks })),
      },
    ];
  });
}

function recorded(
  controls: Controls,
  target: Target,
  thread: LiveThread,
  wishes: readonly Wish[],
): readonly ThreadRecord[] {
  try {
    const record = recordThread(controls, target, thread, wishesOf(target, thread, wishes));
    return record === null ? [] : [record];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** A thread that the kernel does not let us change. */
export interface RefusedThread {
  readonly tid: number;
  readonly comm: string;
  readonly refused: Refused;
}

/** What to do about a refusal: throw it, or keep it and go on. */
export type OnRefused = (one: RefusedThread) => void;

const GIVE_UP: OnRefused = ({ refused }) => {
  throw refused;
};

/** Changes what the records of one process say, and then every thread that is born until none is left. @throws Refused */
export function applyToProcess(
  controls: Controls,
  target: Target,
  record: ProcessRecord,
  wishes: readonly Wish[],
  log: ChangeLog,
  onRefused: OnRefused = GIVE_UP,
): void {
  const changed = record.threads.filter(wasChanged);
  // Also those that were as wanted: a cpuset that was made smaller right before may have changed them.
  for (const thread of record.threads) writeThread(controls, record, thread, onRefused);
  const known = new Set([...record.threads, ...record.others].map(threadKey));
  walkThreads(controls, record, changed, (threads) => {
    const fresh = threads.filter((thread) => !known.has(threadKey(thread)) && target.meant(thread));
    // Threads of parents that were changed already inherited it; they are nobody's `before`.
    const found = fresh.flatMap((thread) => recorded(controls, target, thread, wishes)).filter(wasChanged);
    if (found.length === 0) return [];
    log.append({
      record: 'threads',
      process: { tgid: record.tgid, startTicks: record.startTicks },
      threads: found,
    });
    for (const thread of found) {
      known.add(threadKey(thread));
      writeThread(controls, record, thread, onRefused);
    }
    return found;
  });
}

function writeThread(
  controls: Controls,
  process: ProcessRecord,
  thread: ThreadRecord,
  onRefused: OnRefused,
): void {
  for (const [name, value] of entriesOf(thread.set)) {
    const setting = settingNamed(name);
    try {
      const found = setting.disturbs ? thread.before[name] : setting.read(controls, process, thread);
      if (found !== undefined && sameValue(found, value)) continue;
      setting.write(controls, process, thread, value);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.reason !== 'gone') onRefused({ tid: thread.tid, comm: thread.comm, refused: error });
    }
  }
}

/** One thread that does not read back as planned. */
export interface Mismatch {
  readonly tid: number;
  readonly comm: string;
  readonly setting: SettingName;
  readonly wanted: string;
  readonly found: string;
}

export interface Verification {
  /** Threads read back, those born meanwhile included. */
  readonly threads: number;
  readonly mismatches: readonly Mismatch[];
}

/** Reads every meant thread back. A setting that disturbs its thread was read back when it was written. */
export function verifyProcess(controls: Controls, target: Target, wishes: readonly Wish[]): Verification {
  const mismatches: Mismatch[] = [];
  let threads = 0;
  for (const thread of controls.threads(target) ?? []) {
    if (!target.meant(thread)) continue;
    threads += 1;
    for (const wish of wishesOf(target, thread, wishes)) {
      const { setting } = wish;
      if (setting.disturbs || setting.fixed(thread) !== null) continue;
      try {
        const found = setting.read(controls, target, thread);
        const wanted = wish.want(found);
        if (sameValue(found, wanted)) continue;
        mismatches.push({
          tid: thread.tid,
          comm: thread.comm,
          setting: setting.name,
          wanted: setting.text(wanted),
          found: setting.text(found),
        });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  }
  return { threads, mismatches };
}

export function entriesOf(values: ThreadRecord['set']): readonly (readonly [SettingName, SettingValue])[] {
  return Object.entries(values) as (readonly [SettingName, SettingValue])[];
}
