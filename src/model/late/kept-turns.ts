/** Labels of turns that were told together: nobody but one task, and one interrupt, had the CPU while they waited. */
import { type GiveLabel, type Holder, type Surroundings, sleepLabel } from './accounting.ts';
import { IDLE_TID, type KeptTurn, type SleepClass, type TaskName, type Waking } from './events.ts';
import type { Leaving } from './thread-states.ts';

/** How a thread slept when that was told last. */
export interface KnownSleep {
  readonly sleep: SleepClass;
  readonly left: Leaving['left'] | null;
}

/**
 * From the end of the run before the turn to its own. `give` gets labels in order, without a gap.
 * @param fromNs where the labels begin: at the end of the run before, or later in the turn
 */
export function labelTurn(
  turn: KeptTurn,
  fromNs: number,
  lastSleep: KnownSleep | null,
  around: Surroundings,
  give: GiveLabel,
): void {
  let atNs = fromNs;
  const until: GiveUntil = (label, toNs, by) => {
    if (toNs <= atNs) return;
    give(label, atNs, toNs, by);
    atNs = toNs;
  };
  const by = holderOf(turn.from);
  if (turn.waking === null) until(by === null ? 'unexplained' : 'preempted', turn.cameNs, by);
  else {
    const [label, waker] = sleepLabel(lastSleep?.left ?? null, sleepOf(turn, turn.waking, lastSleep), around);
    until(label, turn.wakingNs, waker);
    labelWakeUp(turn, turn.queuedNs, null, until);
    labelWakeUp(turn, turn.cameNs, by, until);
  }
  until('run', turn.toNs, null);
}

type GiveUntil = (label: Parameters<GiveLabel>[0], toNs: number, by: Holder | null) => void;

function sleepOf({ before }: KeptTurn, waking: Waking, lastSleep: KnownSleep | null): Waking {
  return before === 'short-sleep' || lastSleep === null ? waking : { ...waking, sleep: lastSleep.sleep };
}

function labelWakeUp({ interrupt }: KeptTurn, toNs: number, by: Holder | null, until: GiveUntil): void {
  if (interrupt !== null) {
    const { sinceNs, untilNs, name } = interrupt;
    until('wake-up', Math.min(toNs, sinceNs), by);
    if (sinceNs < toNs)
      until(name.level, Math.min(toNs, untilNs), { tid: null, tgid: null, name: name.name });
  }
  until('wake-up', toNs, by);
}

function holderOf({ tid, tgid, comm }: TaskName): Holder | null {
  return tid === IDLE_TID ? null : { tid, tgid, name: comm };
}
