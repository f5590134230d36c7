/**
 * What is told of the scheduler while lateness is watched, in the order of time.
 *
 * An event source (app) makes these of BPF records or of perf tracepoints; the analysis knows neither. Times are
 * nanoseconds after the time base of the source (CLOCK_MONOTONIC). Switches are told of a CPU only while a thread of
 * the target runs there or waits for it; the analysis asks for no more.
 */

/** A task other than ours as it was met: what a thread waited behind, who woke it. */
export interface TaskName {
  readonly tid: number;
  readonly tgid: number;
  /** Chosen by the task itself: may hold anything. */
  readonly comm: string;
}

/** The idle task of a CPU; the same number on each. */
export const IDLE_TID = 0;

/** What all events made on a CPU tell. */
interface OnCpu {
  readonly timeNs: number;
  /** The CPU that passed the event on. */
  readonly cpu: number;
  /** The task that was running there: shows switches that were not told. */
  readonly witness: number;
}

export interface SwitchEvent extends OnCpu {
  readonly kind: 'switch';
  readonly previous: TaskName;
  readonly next: TaskName;
  /** How the task left; `blocked` is a sleep that no signal ends. */
  readonly left: 'runnable' | 'asleep' | 'blocked' | 'ended';
  /** The group of the task that left had used up its quota. */
  readonly throttled: boolean;
  /** Tells the period timer of its quota from others; null without a quota, or where that is not known. */
  readonly quotaTimer: number | null;
  /** The task that left was inside a page fault. */
  readonly inFault: boolean;
  /** Taken by the hypervisor from this CPU since boot, in nanoseconds; null where it is not told. */
  readonly stealNs: number | null;
  /** How the task that comes was woken onto this CPU, where that was not told before. */
  readonly woken: Woken | null;
  /** What the task that leaves did until now, or that the next one comes, is told in an event of turns. */
  readonly previousInTurns: boolean;
  readonly nextInTurns: boolean;
}

export type WakingContext = 'task' | 'interrupt' | 'softirq';

/** Somebody begins to wake a thread. */
export interface Waking {
  readonly timeNs: number;
  /** The task that was running where it was woken; it woke it only where the context is `task`. */
  readonly waker: TaskName;
  readonly context: WakingContext;
  /** What the interrupt or softirq was; null in `task`. */
  readonly interrupt: InterruptName | null;
  /** How the thread slept; null where that was not looked at, because the sleep was short. */
  readonly sleep: SleepClass | null;
}

export interface WakingEvent extends OnCpu, Waking {
  readonly kind: 'waking';
  readonly tid: number;
}

/** The whole of a wake-up. */
export interface Woken {
  readonly waking: Waking;
  /** It slept where it did when that was told last; otherwise the sleep was short, and not looked at. */
  readonly sleptAsBefore: boolean;
  /** When it was put on the queue. */
  readonly queuedNs: number;
}

/** A wake-up told as a whole, behind both of its times but before all else of that CPU. */
export interface WokenEvent extends Woken {
  readonly kind: 'woken';
  readonly timeNs: number;
  readonly tid: number;
  /** Whose queue. */
  readonly onCpu: number;
}

/** The thread is put on the queue of a CPU. */
export interface WakeupEvent extends OnCpu {
  readonly kind: 'wakeup';
  readonly tid: number;
  /** Whose queue. */
  readonly onCpu: number;
  /** The thread was just born. */
  readonly isNew: boolean;
}

/** A thread is moved to the queue of another CPU; told by the mover. */
export interface MigrateEvent extends OnCpu {
  readonly kind: 'migrate';
  readonly tid: number;
  readonly toCpu: number;
}

export interface InterruptName {
  readonly level: 'interrupt' | 'softirq';
  /** `eth0`, `local timer`, `NET_RX`. */
  readonly name: string;
}

/** An interrupt or a softirq, told when it is over. */
export interface InterruptEvent {
  readonly kind: 'interrupt';
  readonly timeNs: number;
  /** Where it was. */
  readonly cpu: number;
  /** As of all events; null where another CPU tells it, with a thread that is moved away. */
  readonly witness: number | null;
  readonly sinceNs: number;
  readonly interrupt: InterruptName;
  readonly stealNs: number | null;
}

/** A turn of a thread, told when it is over, or when something disturbs it. */
export interface KeptTurn {
  /** What comes before the wait. A short sleep is one that was not looked at: it counts as meant. */
  readonly before: 'short-sleep' | 'sleep-as-before' | 'preempted';
  /** Times follow one another; the first two are when it was preempted where it was. */
  readonly wakingNs: number;
  readonly queuedNs: number;
  readonly cameNs: number;
  /** The time of its coming where it goes on. */
  readonly toNs: number;
  /** Who had the CPU before: alone while it waited. */
  readonly from: TaskName;
  /** Its waking, with `sleep` null; null where it was preempted. */
  readonly waking: Waking | null;
  /** The one that came while it was being woken or waited. */
  readonly interrupt: {
    readonly sinceNs: number;
    readonly untilNs: number;
    readonly name: InterruptName;
  } | null;
}

/** Turns of a thread that nobody disturbed, told together when something else is told of it, or when they are many. */
export interface TurnsEvent {
  readonly kind: 'turns';
  /** The end of the last of them; where that one goes on, its coming. */
  readonly timeNs: number;
  readonly tid: number;
  readonly cpu: number;
  /** When the first began: with the end of the run before it. */
  readonly sinceNs: number;
  readonly turns: readonly KeptTurn[];
  /** How it goes on; it waits where it was preempted. */
  readonly after: 'sleeps' | 'runs' | 'waits';
  readonly stealNs: number;
}

/** The turns that were over at a time; null where none was. */
export function turnsUntil(event: TurnsEvent, limitNs: number): TurnsEvent | null {
  const turns = event.turns.filter(({ toNs }) => toNs <= limitNs);
  const [last, next] = [turns.at(-1), event.turns[turns.length]];
  if (last === undefined || next === undefined) return last === undefined ? null : event;
  return { ...event, timeNs: last.toNs, turns, after: next.before === 'preempted' ? 'waits' : 'sleeps' };
}

/** A page fault, told when it is over. */
export interface FaultEvent {
  readonly kind: 'fault';
  readonly timeNs: number;
  readonly sinceNs: number;
  readonly tid: number;
  readonly major: boolean;
  /** The file or kind of memory. */
  readonly place: string;
}

/** The period of a quota is over, and its groups may run again. */
export interface QuotaExpiryEvent {
  readonly kind: 'quota-expiry';
  readonly timeNs: number;
  readonly timer: number;
}

export type LateEvent =
  | SwitchEvent
  | WakingEvent
  | WokenEvent
  | WakeupEvent
  | MigrateEvent
  | InterruptEvent
  | FaultEvent
  | QuotaExpiryEvent
  | TurnsEvent;

/** Why a thread slept, by where in the kernel it did. */
export const SLEEP_CLASSES = [
  /** A futex that is a lock: FUTEX_WAIT or FUTEX_LOCK_PI, as mutexes use them. */
  'lock',
  /** A futex of a condition or a semaphore (FUTEX_WAIT_BITSET). */
  'condition',
  'kernel-lock',
  'memory-map-lock',
  'storage',
  'output',
  /** A pipe, a socket, an eventfd, a terminal that has nothing to read. */
  'input',
  /** epoll, poll, select, a timer, a signal, a child. */
  'intended',
  'unknown',
] as const;
export type SleepClass = (typeof SLEEP_CLASSES)[number];
