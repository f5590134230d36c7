/** What a change would do, thread by thread. Reads, and changes nothing. */
import type { Sentence } from '../base/sentence.ts';
import type { ThreadRecord, Values } from './change.ts';
import type { Controls, LiveThread, ProcessId, ThreadId } from './controls.ts';
import { isGone } from './refused.ts';
import { type SettingName, type SettingValue, sameValue, type Wish } from './settings/setting.ts';

/** A process to change, and which of its threads are meant. */
export interface Target extends ProcessId {
  readonly comm: string;
  readonly meant: (thread: LiveThread) => boolean;
  /** What is wanted of a thread, where not the same is wanted of all. */
  readonly wishes?: (thread: ThreadId) => readonly Wish[];
}

/** What is wanted of one thread. @param common what is wanted of every one */
export function wishesOf(target: Target, thread: ThreadId, common: readonly Wish[]): readonly Wish[] {
  return target.wishes?.(thread) ?? common;
}

/** `~` changes, `=` need not or cannot. */
export interface PlannedValue {
  readonly setting: SettingName;
  readonly label: Sentence;
  readonly mark: '~' | '=';
  /** null where reading it would disturb the thread; it is read when the change is applied. */
  readonly before: SettingValue | null;
  readonly beforeText: string | null;
  readonly afterText: string;
  /** It cannot be changed, rather than need not. */
  readonly isFixed: boolean;
  /** Why it stays; null where it changes. */
  readonly because: Sentence | null;
}

export interface PlannedThread {
  readonly tid: number;
  readonly startTicks: bigint;
  readonly comm: string;
  readonly values: readonly PlannedValue[];
}

export interface PlannedProcess extends ProcessId {
  readonly comm: string;
  readonly threads: readonly PlannedThread[];
  /** Threads of the process that are not meant. */
  readonly othersCount: number;
}

const ALREADY: Sentence = { en: 'as wanted already', ko: '이미 원하는 값입니다' };

/** Processes and threads that end meanwhile are left out. */
export function previewChange(
  controls: Controls,
  targets: readonly Target[],
  wishes: readonly Wish[],
): readonly PlannedProcess[] {
  return targets.flatMap((target) => {
    const threads = controls.threads(target);
    if (threads === null) return [];
    const meant = threads.filter(target.meant);
    return [
      {
        tgid: target.tgid,
        startTicks: target.startTicks,
        comm: target.comm,
        threads: meant.flatMap((thread) =>
          previewThread(controls, target, thread, wishesOf(target, thread, wishes)),
        ),
        othersCount: threads.length - meant.length,
      },
    ];
  });
}

function previewThread(
  controls: Controls,
  process: ProcessId,
  thread: LiveThread,
  wishes: readonly Wish[],
): readonly PlannedThread[] {
  try {
    const values = wishes.map((wish) => previewValue(controls, process, thread, wish));
    return [{ tid: thread.tid, startTicks: thread.startTicks, comm: thread.comm, values }];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function previewValue(controls: Controls, process: ProcessId, thread: LiveThread, wish: Wish): PlannedValue {
  const { setting } = wish;
  const fixed = setting.fixed(thread);
  const before = setting.disturbs ? null : setting.read(controls, process, thread);
  const after = before === null ? null : wish.want(before);
  const because = fixed ?? (before !== null && after !== null && sameValue(before, after) ? ALREADY : null);
  return {
    setting: setting.name,
    label: setting.label,
    mark: because === null ? '~' : '=',
    before,
    beforeText: before === null ? null : setting.text(before),
    afterText: after === null ? wish.label : setting.text(after),
    isFixed: fixed !== null,
    because,
  };
}

/**
 * What the journal keeps of a thread before it is changed: read now, whatever the preview said. null where nothing of
 * it can be changed.
 * @throws Refused
 */
export function recordThread(
  controls: Controls,
  process: ProcessId,
  thread: LiveThread,
  wishes: readonly Wish[],
): ThreadRecord | null {
  const before: Record<string, SettingValue> = {};
  const set: Record<string, SettingValue> = {};
  for (const wish of wishes) {
    if (wish.setting.fixed(thread) !== null) continue;
    const current = wish.setting.read(controls, process, thread);
    before[wish.setting.name] = current;
    set[wish.setting.name] = wish.want(current);
  }
  if (Object.keys(set).length === 0) return null;
  return {
    tid: thread.tid,
    startTicks: thread.startTicks,
    comm: thread.comm,
    before: before as Values,
    set: set as Values,
  };
}

/** How many values of the plan change, and how many threads stay as they are. */
export function tally(processes: readonly PlannedProcess[]): {
  readonly changing: number;
  readonly staying: number;
} {
  let changing = 0;
  let staying = 0;
  for (const process of processes) {
    staying += process.othersCount;
    for (const thread of process.threads) {
      if (thread.values.some((value) => value.mark === '~')) changing += 1;
      else staying += 1;
    }
  }
  return { changing, staying };
}
