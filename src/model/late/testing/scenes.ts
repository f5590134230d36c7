/** Events of scenes that tests play: a target thread 10 of process 10, others by name. */
import { type AnalysisOptions, LateAnalysis } from '../analysis.ts';
import type { Label } from '../causes.ts';
import {
  IDLE_TID,
  type InterruptEvent,
  type LateEvent,
  type SwitchEvent,
  type TaskName,
  type WakeupEvent,
  type WakingEvent,
} from '../events.ts';

export const TARGET: TaskName = { tid: 10, tgid: 10, comm: 'arena' };
export const SISTER: TaskName = { tid: 11, tgid: 10, comm: 'net' };
export const HOG: TaskName = { tid: 20, tgid: 20, comm: 'zstd' };
export const OTHER: TaskName = { tid: 30, tgid: 30, comm: 'cc1' };
export const IDLE: TaskName = { tid: IDLE_TID, tgid: 0, comm: 'swapper' };

export function switched(
  timeNs: number,
  previous: TaskName,
  next: TaskName,
  over: Partial<SwitchEvent> = {},
): SwitchEvent {
  return {
    kind: 'switch',
    timeNs,
    cpu: 0,
    witness: previous.tid,
    previous,
    next,
    left: 'asleep',
    throttled: false,
    quotaTimer: null,
    inFault: false,
    stealNs: null,
    woken: null,
    previousInTurns: false,
    nextInTurns: false,
    ...over,
  };
}

export function waking(timeNs: number, over: Partial<WakingEvent> = {}): WakingEvent {
  const waker = over.waker ?? OTHER;
  return {
    kind: 'waking',
    timeNs,
    cpu: 1,
    witness: waker.tid,
    tid: TARGET.tid,
    waker,
    context: 'task',
    interrupt: null,
    sleep: 'intended',
    ...over,
  };
}

export function wokenUp(timeNs: number, over: Partial<WakeupEvent> = {}): WakeupEvent {
  return {
    kind: 'wakeup',
    timeNs,
    cpu: 1,
    witness: OTHER.tid,
    tid: TARGET.tid,
    onCpu: 0,
    isNew: false,
    ...over,
  };
}

export function interrupted(
  sinceNs: number,
  timeNs: number,
  witness: TaskName,
  over: Partial<InterruptEvent> = {},
): InterruptEvent {
  const interrupt = { level: 'interrupt', name: 'local timer' } as const;
  return {
    kind: 'interrupt',
    cpu: 0,
    sinceNs,
    timeNs,
    witness: witness.tid,
    interrupt,
    stealNs: null,
    ...over,
  };
}

export function played(events: readonly LateEvent[], endNs: number, over: Partial<AnalysisOptions> = {}) {
  const options = { tgid: 10, tid: null, startNs: 0, overNs: 1, entryNs: 0, distance: () => null, ...over };
  const analysis = new LateAnalysis(options);
  analysis.expect(TARGET);
  analysis.countFrom(0);
  for (const event of events) analysis.add(event);
  analysis.finish(endNs);
  return analysis;
}

/** What the instants of a thread were, summed. */
export function labelsOf(analysis: LateAnalysis, task = TARGET): Partial<Record<Label, number>> {
  return Object.fromEntries(analysis.ledgers.find((one) => one.tid === task.tid)?.totals ?? []);
}
