/**
 * A kind of change to a thread: how its value is read, written, and shown. One file per kind, and a line in index.ts.
 * The interfaces have methods rather than function fields, so that one kind passes for "any kind" without a cast.
 * Values are plain data, so that they go into the journal and the JSON as they are; two are equal where their JSON is.
 */
import type { Sentence } from '../../base/sentence.ts';
import type { Controls, LiveThread, ProcessId, ThreadId } from '../controls.ts';
import type { MemoryPolicy } from './memory-policy.ts';
import type { Scheduling } from './scheduling.ts';

/** What each kind holds for a thread. */
export interface SettingValues {
  /** A cpulist of plain ranges. */
  readonly affinity: string;
  readonly scheduling: Scheduling;
  readonly memoryPolicy: MemoryPolicy;
}

export type SettingName = keyof SettingValues;
export type SettingValue = SettingValues[SettingName];

export interface Setting<Value = SettingValue> {
  readonly name: SettingName;
  readonly label: Sentence;
  /** Reading stops the thread for a moment, so a preview leaves it out. */
  readonly disturbs: boolean;
  /** @throws Refused */
  read(controls: Controls, process: ProcessId, thread: ThreadId): Value;
  /** @throws Refused */
  write(controls: Controls, process: ProcessId, thread: ThreadId, value: Value): void;
  /** As `write`, for a value that was there before. @throws Refused */
  restore(controls: Controls, process: ProcessId, thread: ThreadId, value: Value): void;
  /** As in a plan: "0-15", "fifo 20". */
  text(value: Value): string;
  /** Why this thread cannot be changed; null where it can. */
  fixed(thread: LiveThread): Sentence | null;
}

/** What is asked for: one kind, and the new value for a thread that has `current`. Pure. */
export interface Wish<Value = SettingValue> {
  readonly setting: Setting<Value>;
  want(current: Value): Value;
  /** The new value where the current one was not read. */
  readonly label: string;
}

/** The kinds keep the order of their fields, so equal values have equal JSON. */
export function sameValue(a: SettingValue, b: SettingValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
