/** Decodes turns that the late programs tell together (bpf/late/turns.ts). */
import { AFTER_TURNS, MOST_TURNS, TURN, TURN_KIND, TURNS_RECORD, WAKER } from '../bpf/late/records.ts';
import type { InterruptName, KeptTurn, TaskName, TurnsEvent, Waking } from '../model/late/events.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import type { TimeBase } from '../perf/time-base.ts';

/** What the numbers in a record stand for. */
export interface TurnNames {
  readonly taskOf: (tid: number) => TaskName;
  readonly interruptOf: (level: InterruptName['level'], id: number) => InterruptName;
}

const head = (field: Parameters<typeof TURNS_RECORD.offset>[0]) => TURNS_RECORD.offset(field) / 4;
const HEAD = {
  tid: head('tid'),
  onCpu: head('onCpu'),
  turns: head('turns'),
  after: head('after'),
  sinceNs: head('sinceNs'),
  stealNs: head('stealNs'),
  list: head('list'),
};

const word = (field: Parameters<typeof TURN.offset>[0]) => TURN.offset(field) / 4;
const AT = {
  sleepNs: word('sleepNs'),
  wakeNs: word('wakeNs'),
  waitNs: word('waitNs'),
  runNs: word('runNs'),
  fromTid: word('fromTid'),
  waker: word('waker'),
  interruptAtNs: word('interruptAtNs'),
  interruptNs: word('interruptNs'),
  interruptId: word('interruptId'),
  kind: word('kind'),
};
const TURN_WORDS = TURN.sizeBytes / 4;

const AFTER: readonly TurnsEvent['after'][] = ['sleeps', 'runs', 'waits'];
const BEFORE: readonly KeptTurn['before'][] = ['short-sleep', 'sleep-as-before', 'preempted'];

/** @param at where the record begins, in words */
export function decodeTurns(record: RingCursor, at: number, base: TimeBase, names: TurnNames): TurnsEvent {
  const count = Math.min(MOST_TURNS, record.word(at + HEAD.turns));
  const after = record.word(at + HEAD.after);
  const sinceNs = base.at(record, at + HEAD.sinceNs);
  const turns: KeptTurn[] = [];
  let timeNs = sinceNs;
  for (let i = 0; i < count; i += 1) {
    const goesOn = after === AFTER_TURNS.runs && i === count - 1;
    const turn = decodeTurn(record, at + HEAD.list + i * TURN_WORDS, timeNs, goesOn, names);
    turns.push(turn);
    timeNs = turn.toNs;
  }
  return {
    kind: 'turns',
    timeNs,
    tid: record.word(at + HEAD.tid),
    cpu: record.word(at + HEAD.onCpu),
    sinceNs,
    turns,
    after: AFTER[after] ?? 'sleeps',
    stealNs: record.number(at + HEAD.stealNs),
  };
}

/** @param fromNs the end of the run before */
function decodeTurn(
  record: RingCursor,
  at: number,
  fromNs: number,
  goesOn: boolean,
  names: TurnNames,
): KeptTurn {
  const kind = record.word(at + AT.kind);
  const wakingNs = fromNs + record.word(at + AT.sleepNs);
  const queuedNs = wakingNs + record.word(at + AT.wakeNs);
  const cameNs = queuedNs + record.word(at + AT.waitNs);
  return {
    before: BEFORE[kind] ?? 'short-sleep',
    wakingNs,
    queuedNs,
    cameNs,
    // What stands there of a turn that goes on is of an earlier one.
    toNs: goesOn ? cameNs : cameNs + record.word(at + AT.runNs),
    from: names.taskOf(record.word(at + AT.fromTid)),
    waking: kind === TURN_KIND.preempted ? null : decodeWaking(record.word(at + AT.waker), wakingNs, names),
    interrupt: decodeInterrupt(record, at, wakingNs, names),
  };
}

function decodeWaking(waker: number, timeNs: number, names: TurnNames): Waking {
  const isSoftirq = (waker & WAKER.softirq) !== 0;
  if ((waker & WAKER.interrupt) === 0)
    return { timeNs, waker: names.taskOf(waker), context: 'task', interrupt: null, sleep: null };
  const context = isSoftirq ? 'softirq' : 'interrupt';
  const interrupt = names.interruptOf(context, waker & ~(WAKER.interrupt | WAKER.softirq));
  return { timeNs, waker: NOBODY, context, interrupt, sleep: null };
}

/** The task that an interrupt met did not wake anybody. */
const NOBODY: TaskName = { tid: 0, tgid: 0, comm: 'swapper' };

function decodeInterrupt(
  record: RingCursor,
  at: number,
  wakingNs: number,
  names: TurnNames,
): KeptTurn['interrupt'] {
  const lengthNs = record.word(at + AT.interruptNs);
  if (lengthNs === 0) return null;
  const sinceNs = wakingNs + record.word(at + AT.interruptAtNs);
  const name = names.interruptOf('interrupt', record.word(at + AT.interruptId));
  return { sinceNs, untilNs: sinceNs + lengthNs, name };
}
