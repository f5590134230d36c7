/**
 * What each instant of a thread was. The rules in order of precedence, the first that applies has the instant:
 *
 *  1. the hypervisor had the CPU
 *  2. the quota of its group was used up: from its leaving until the period timer expired
 *  3. an interrupt or softirq was on its CPU; 4. the way into and out of it, where that was calibrated
 *  5. another task had its CPU; a task that was already asked to leave is the price of the wake-up or move itself
 *  6. its CPU was idle: it was being woken or moved
 *  7. it was inside a page fault; 8. it slept for a lock or I/O
 *  9. it ran, or slept as it meant to. All else is unexplained.
 *
 * Whatever comes in, the labels follow one another without a gap from the begin of a stretch to its end.
 */

import type { CpuDistance } from '../cpu-distance.ts';
import type { Label } from './causes.ts';
import type { CpuTimeline, Occupant } from './cpu-timeline.ts';
import { type FaultEvent, IDLE_TID, type SleepClass, type TaskName, type Waking } from './events.ts';
import type { Absence, Leaving, QueuePart, Running, Stretch } from './thread-states.ts';

/**
 * Who had what the thread waited for: a task; by name (`tid` is null) an interrupt, the file of a fault, the distance of a
 * migration (CpuDistance).
 */
export interface Holder {
  readonly tid: number | null;
  readonly tgid: number | null;
  readonly name: string;
}

export interface Labelled {
  readonly fromNs: number;
  readonly toNs: number;
  readonly label: Label;
  readonly by: Holder | null;
}

export type GiveLabel = (label: Label, fromNs: number, toNs: number, by: Holder | null) => void;

/** What the rules look up. */
export interface Surroundings {
  readonly tgid: number;
  readonly cpu: (cpu: number) => CpuTimeline;
  readonly nameOf: (tid: number) => TaskName;
  /** The first expiry of a quota's period behind a time; null where none was seen. */
  readonly nextExpiryNs: (timer: number | null, afterNs: number) => number | null;
  /** Told of each time that a thread was stopped on the queue of a CPU by a quota. */
  readonly throttled: (cpu: number, fromNs: number, toNs: number) => void;
  /** Time that the way into and out of one interrupt takes; 0 where it was not calibrated. */
  readonly entryNs: number;
  /** How far two CPUs are from one another; null where that is not known. */
  readonly distance: (from: number, to: number) => CpuDistance | null;
}

/**
 * A task that leaves within this time, at the first switch after the wake-up, had been asked to leave by it: the wait
 * is the price of the wake-up. Hand-overs take 5 to 50 us, the shortest time slice is 100 us.
 */
export const HAND_OVER_NS = 60_000;

/** Labels a stretch. `faults` are those of the thread, in order; `give` gets labels in order, without a gap. */
export function labelStretch(
  stretch: Stretch,
  faults: readonly FaultEvent[],
  around: Surroundings,
  tid: number,
  give: GiveLabel,
): void {
  if (stretch.kind === 'unseen') give('unseen', stretch.fromNs, stretch.toNs, null);
  else if (stretch.kind === 'run') labelRun(stretch, faults, around, give);
  else labelAbsence(stretch, faults, around, tid, give);
}

function labelRun(run: Running, faults: readonly FaultEvent[], around: Surroundings, give: GiveLabel): void {
  const timeline = around.cpu(run.cpu);
  if (faults.length === 0 && timeline.isQuiet(run.fromNs, run.toNs)) {
    give('run', run.fromNs, run.toNs, null);
    return;
  }
  const parts: Labelled[] = [];
  const add: GiveLabel = (label, fromNs, toNs, by) => parts.push({ label, fromNs, toNs, by });
  timeline.walk(run.fromNs, run.toNs, (occupant, fromNs, toNs) => {
    if (occupant.kind === 'interrupt')
      withSteal(timeline, fromNs, toNs, occupant.interrupt.level, holderOf(occupant, around), add);
    else withSteal(timeline, fromNs, toNs, 'run', null, add);
  });
  for (const [i, part] of parts.entries()) {
    if (part.label !== 'run') give(part.label, part.fromNs, part.toNs, part.by);
    else labelOwnTime(part, entryParts(parts, i, around.entryNs), faults, give);
  }
}

interface EntryParts {
  readonly beforeNs: number;
  readonly afterNs: number;
}

/** Half of the cost of an interrupt lies before it, half behind. */
function entryParts(parts: readonly Labelled[], i: number, entryNs: number): EntryParts {
  const part = parts[i] as Labelled;
  const half = (neighbour: Labelled | undefined) =>
    neighbour?.label === 'interrupt' || neighbour?.label === 'softirq' ? entryNs / 2 : 0;
  const [behindNs, aheadNs] = [half(parts[i - 1]), half(parts[i + 1])];
  const lengthNs = part.toNs - part.fromNs;
  const scale = behindNs + aheadNs > lengthNs ? lengthNs / (behindNs + aheadNs) : 1;
  return { beforeNs: Math.floor(behindNs * scale), afterNs: Math.floor(aheadNs * scale) };
}

function labelOwnTime(
  part: Labelled,
  { beforeNs, afterNs }: EntryParts,
  faults: readonly FaultEvent[],
  give: GiveLabel,
): void {
  const [fromNs, toNs] = [part.fromNs + beforeNs, part.toNs - afterNs];
  if (beforeNs > 0) give('interrupt-entry', part.fromNs, fromNs, null);
  splitByFaults(fromNs, toNs, faults, (fault, a, b) => {
    if (fault === null) give('run', a, b, null);
    else give('page-fault', a, b, placeOf(fault));
  });
  if (afterNs > 0) give('interrupt-entry', toNs, part.toNs, null);
}

function labelAbsence(
  absence: Absence,
  faults: readonly FaultEvent[],
  around: Surroundings,
  tid: number,
  give: GiveLabel,
): void {
  const { fromNs, toNs, waking, queue } = absence;
  const within = (timeNs: number | undefined) => Math.min(toNs, Math.max(fromNs, timeNs ?? toNs));
  const queuedNs = within(queue[0]?.sinceNs);
  const wakingNs = Math.min(queuedNs, within(waking?.timeNs));
  labelSleep(absence, fromNs, wakingNs, faults, around, give);
  if (queuedNs > wakingNs) labelWaking(queue[0]?.cpu, wakingNs, queuedNs, around, give);
  let atNs = queuedNs;
  const untilNs = throttledUntil(absence, queuedNs, around);
  if (untilNs > atNs) {
    labelQuota(absence, atNs, untilNs, around, give);
    atNs = untilNs;
  }
  queue.forEach((part, i) => {
    const partEndNs = within(queue[i + 1]?.sinceNs);
    if (partEndNs > atNs) labelQueued({ absence, part, i, tid }, atNs, partEndNs, around, give);
    atNs = Math.max(atNs, partEndNs);
  });
}

/** The end of what the quota took of a wait; its begin where it took nothing. */
function throttledUntil({ out, toNs }: Absence, queuedNs: number, around: Surroundings): number {
  if (out?.left !== 'runnable' || !out.throttled) return queuedNs;
  const expiryNs = around.nextExpiryNs(out.quotaTimer, out.timeNs);
  return Math.max(queuedNs, Math.min(toNs, expiryNs ?? toNs));
}

function labelQuota(
  absence: Absence,
  fromNs: number,
  toNs: number,
  around: Surroundings,
  give: GiveLabel,
): void {
  const cpu = absence.queue[0]?.cpu;
  if (cpu === undefined) {
    give('quota', fromNs, toNs, null);
    return;
  }
  around.throttled(cpu, fromNs, toNs);
  withSteal(around.cpu(cpu), fromNs, toNs, 'quota', null, give);
}

/** Between the begin of a wake-up and the queue: what the chosen CPU did meanwhile. */
function labelWaking(
  cpu: number | undefined,
  fromNs: number,
  toNs: number,
  around: Surroundings,
  give: GiveLabel,
): void {
  if (cpu === undefined) {
    give('wake-up', fromNs, toNs, null);
    return;
  }
  const timeline = around.cpu(cpu);
  timeline.walk(fromNs, toNs, (occupant, a, b) => {
    if (occupant.kind === 'interrupt')
      withSteal(timeline, a, b, occupant.interrupt.level, holderOf(occupant, around), give);
    else withSteal(timeline, a, b, 'wake-up', null, give);
  });
}

interface Queued {
  readonly absence: Absence;
  readonly part: QueuePart;
  /** Which part of the queueing it is. */
  readonly i: number;
  readonly tid: number;
}

function labelQueued(
  queued: Queued,
  fromNs: number,
  toNs: number,
  around: Surroundings,
  give: GiveLabel,
): void {
  const timeline = around.cpu(queued.part.cpu);
  const handOver = handOverLabel(queued, around);
  // The one that preempted, until the first switch to another one.
  let firstTask: number | null = null;
  let others = false;
  timeline.walk(fromNs, toNs, (occupant, a, b) => {
    if (occupant.kind === 'task') {
      firstTask ??= occupant.tid;
      others ||= occupant.tid !== firstTask;
    }
    const label = queuedLabel(queued, occupant, handOver, others ? null : firstTask, around);
    const by = label === 'migration' ? moveOf(queued, around) : holderOf(occupant, around);
    withSteal(timeline, a, b, label, by, give);
  });
}

/** How far it was moved: onto this queue, or from this, the first one. */
function moveOf({ absence: { queue }, i }: Queued, around: Surroundings): Holder | null {
  const [from, to] = i > 0 ? [queue[i - 1], queue[i]] : [queue[0], queue[1]];
  const distance = from === undefined || to === undefined ? null : around.distance(from.cpu, to.cpu);
  return distance === null ? null : { tid: null, tgid: null, name: distance };
}

/** The label of a whole wait that was short and ended at the first switch; null for others. */
function handOverLabel({ absence, part, i }: Queued, around: Surroundings): Label | null {
  const moved = i > 0;
  const { toNs, out, queue } = absence;
  if (absence.ended !== 'ran' || (out?.left === 'runnable' && !moved)) return null;
  const sinceNs = (queue[0] as QueuePart).sinceNs;
  if (toNs - sinceNs >= HAND_OVER_NS) return null;
  const tasks = new Set(around.cpu(part.cpu).tasksWithin(part.sinceNs, toNs));
  return tasks.size <= (moved ? 2 : 1) ? (moved ? 'migration' : 'wake-up') : null;
}

function queuedLabel(
  { absence, i, tid }: Queued,
  occupant: Occupant,
  handOver: Label | null,
  firstTask: number | null,
  around: Surroundings,
): Label {
  if (occupant.kind === 'interrupt') return occupant.interrupt.level;
  if (occupant.kind === 'nobody-known' || occupant.tid === tid) return 'unexplained';
  const wasPreempted = absence.out?.left === 'runnable';
  if (occupant.tid === IDLE_TID) {
    if (i > 0 || absence.queue.length > i + 1) return 'migration';
    return wasPreempted ? 'unexplained' : 'wake-up';
  }
  const { comm } = around.nameOf(occupant.tid);
  if (comm.startsWith('migration/')) return 'migration';
  if (comm.startsWith('ksoftirqd/')) return 'softirq';
  if (handOver !== null) return handOver;
  return wasPreempted && i === 0 && occupant.tid === firstTask ? 'preempted' : 'behind';
}

function labelSleep(
  absence: Absence,
  fromNs: number,
  toNs: number,
  faults: readonly FaultEvent[],
  around: Surroundings,
  give: GiveLabel,
): void {
  const [label, by] = sleepLabel(absence.out?.left ?? null, absence.waking, around);
  splitByFaults(fromNs, toNs, faults, (fault, a, b) => {
    if (fault === null) give(label, a, b, by);
    else give('page-fault', a, b, placeOf(fault));
  });
}

/** @param left how it left its CPU; null where that was not seen */
export function sleepLabel(
  left: Leaving['left'] | null,
  waking: Waking | null,
  around: Surroundings,
): [Label, Holder | null] {
  if (left === 'ended') return ['ended', null];
  if (waking === null || waking.sleep === null) return ['idle', null];
  const by = wakerOf(waking);
  const isOwn = waking.context === 'task' && waking.waker.tgid === around.tgid;
  if (waking.sleep === 'unknown' && left === 'blocked') return ['unexplained', by];
  return [LABEL_OF_SLEEP[waking.sleep](isOwn), by];
}

/** By whether a thread of the same process ended it: a lock of others is none, a time-out nobody's doing. */
const LABEL_OF_SLEEP: Readonly<Record<SleepClass, (isOwn: boolean) => Label>> = {
  lock: (isOwn) => (isOwn ? 'lock' : 'idle'),
  condition: (isOwn) => (isOwn ? 'condition' : 'idle'),
  input: (isOwn) => (isOwn ? 'condition' : 'idle'),
  'kernel-lock': () => 'lock',
  'memory-map-lock': () => 'lock',
  storage: () => 'io',
  output: () => 'io',
  intended: () => 'idle',
  unknown: () => 'idle',
};

function wakerOf({ context, waker, interrupt }: NonNullable<Absence['waking']>): Holder {
  if (context === 'task' || interrupt === null) return { tid: waker.tid, tgid: waker.tgid, name: waker.comm };
  return { tid: null, tgid: null, name: interrupt.name };
}

function holderOf(occupant: Occupant, around: Surroundings): Holder | null {
  if (occupant.kind === 'interrupt') return { tid: null, tgid: null, name: occupant.interrupt.name };
  if (occupant.kind === 'nobody-known' || occupant.tid === IDLE_TID) return null;
  const { tid, tgid, comm } = around.nameOf(occupant.tid);
  return { tid, tgid, name: comm };
}

function placeOf({ place }: FaultEvent): Holder {
  return { tid: null, tgid: null, name: place };
}

/** What the hypervisor took of a part stands at its end. */
function withSteal(
  timeline: CpuTimeline,
  fromNs: number,
  toNs: number,
  label: Label,
  by: Holder | null,
  give: GiveLabel,
): void {
  const stolenNs = Math.min(toNs - fromNs, Math.max(0, Math.round(timeline.stolenNs(fromNs, toNs))));
  if (toNs - stolenNs > fromNs) give(label, fromNs, toNs - stolenNs, by);
  if (stolenNs > 0) give('steal', toNs - stolenNs, toNs, null);
}

function splitByFaults(
  fromNs: number,
  toNs: number,
  faults: readonly FaultEvent[],
  visit: (fault: FaultEvent | null, fromNs: number, toNs: number) => void,
): void {
  let atNs = fromNs;
  for (const fault of faults) {
    if (fault.timeNs <= atNs) continue;
    if (fault.sinceNs >= toNs) break;
    const beginNs = Math.max(atNs, fault.sinceNs);
    if (beginNs > atNs) visit(null, atNs, beginNs);
    const endNs = Math.min(toNs, fault.timeNs);
    if (endNs > beginNs) visit(fault, beginNs, endNs);
    atNs = Math.max(beginNs, endNs);
  }
  if (toNs > atNs) visit(null, atNs, toNs);
}
