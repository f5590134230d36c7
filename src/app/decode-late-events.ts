/** Decodes the records of bpf/programs/late-events.ts to the events that model/late judges. */
import {
  CPU_VECTORS,
  EXPIRY_RECORD,
  FAULT_RECORD,
  FIRST_VECTOR_ID,
  INTERRUPT_LEVEL,
  INTERRUPT_RECORD,
  LATE_RECORD,
  MIGRATE_RECORD,
  SLEEP_AS_BEFORE,
  STACK_FRAMES,
  SWITCH_FLAG,
  SWITCH_RECORD,
  WAKEUP_RECORD,
  WAKING_CONTEXT,
  WAKING_RECORD,
  WOKEN_PART,
  WOKEN_RECORD,
} from '../bpf/late/records.ts';
import { Layout } from '../bpf/layout.ts';
import type {
  InterruptName,
  LateEvent,
  SleepClass,
  TaskName,
  TurnsEvent,
  WakingContext,
  Woken,
} from '../model/late/events.ts';
import type { EventAttributes, SampleField } from '../perf/attributes.ts';
import { Comms } from '../perf/comms.ts';
import { RingCursor } from '../perf/ring-cursor.ts';
import { sampleLayout } from '../perf/sample-layout.ts';
import type { TimeBase } from '../perf/time-base.ts';
import { decodeTurns, type TurnNames } from './decode-late-turns.ts';

const FIELDS: readonly SampleField[] = ['tid', 'time', 'cpu', 'raw'];

/** The event whose rings take the records. */
export const LATE_OUTPUT: EventAttributes = {
  source: { kind: 'software', name: 'bpf-output' },
  sample: FIELDS,
  period: 1,
  startEnabled: true,
};
export const LATE_LAYOUT = sampleLayout(FIELDS);

/** What the decoder asks of the machine; each is asked once for the same. */
export interface LateLookups {
  /** Addresses as signed values, innermost first. */
  readonly sleepOf: (frames: readonly number[], argument: number) => SleepClass;
  /** The name of a device interrupt. */
  readonly interruptOf: (number: number) => string;
  /** The file or kind of memory at an address of the target. */
  readonly placeOf: (address: number) => string;
  /** A task of the machine by its number. */
  readonly taskOf: (tid: number) => TaskName;
}

/** include/linux/interrupt.h, in the order of their numbers. */
const SOFTIRQS = [
  'HI',
  'TIMER',
  'NET_TX',
  'NET_RX',
  'BLOCK',
  'IRQ_POLL',
  'TASKLET',
  'SCHED',
  'HRTIMER',
  'RCU',
];

export function softirqName(id: number): string {
  return SOFTIRQS[id] ?? `softirq ${id}`;
}

/** @param vector one of CPU_VECTORS */
export function vectorName(vector: string): string {
  return vector.replaceAll('_', ' ');
}

/** TASK_* bits of a task's state in the kernel; the tracepoint's text shows others (include/linux/sched.h). */
const STATE = { uninterruptible: 0x02, ended: 0x10 | 0x20 | 0x80 } as const;

const [TID_AT = 0, TIME_AT = 0, CPU_AT = 0] = (['tid', 'time', 'cpu'] as const).map(
  (field) => LATE_LAYOUT.fixed[field],
);
/** The raw data begin with their length. */
const RAW_AT = LATE_LAYOUT.variableAt + 1;

export class LateDecoder {
  readonly #base: TimeBase;
  readonly #lookups: LateLookups;
  readonly #comms = new Comms();
  readonly #names = new Map<number, TaskName>();
  readonly #interrupts = new Map<number, InterruptName>();

  readonly #turnNames: TurnNames = {
    taskOf: (tid) => this.#taskOf(tid),
    interruptOf: (level, id) => this.#interruptName(level, id),
  };

  constructor(base: TimeBase, lookups: LateLookups) {
    this.#base = base;
    this.#lookups = lookups;
  }

  /** @returns null for a record of a kind that is not known */
  decode(record: RingCursor): LateEvent | null {
    switch (record.word(RAW_AT)) {
      case LATE_RECORD.switch:
        return this.#switch(record);
      case LATE_RECORD.waking:
        return this.#waking(record);
      case LATE_RECORD.turns:
        return this.#turns(record, RAW_AT);
      case LATE_RECORD.woken: {
        const at = wordsOf(WOKEN_RECORD);
        const [tid, onCpu] = [record.word(at('tid')), record.word(at('onCpu'))];
        const woken = this.#woken(record, at('wakingNs'));
        return { kind: 'woken', timeNs: woken.queuedNs, tid, onCpu, ...woken };
      }
      case LATE_RECORD.wakeup: {
        const at = wordsOf(WAKEUP_RECORD);
        const [tid, onCpu] = [record.word(at('tid')), record.word(at('onCpu'))];
        return { kind: 'wakeup', ...this.#where(record), tid, onCpu, isNew: record.word(at('isNew')) === 1 };
      }
      case LATE_RECORD.migrate: {
        const at = wordsOf(MIGRATE_RECORD);
        const [tid, toCpu] = [record.word(at('tid')), record.word(at('toCpu'))];
        return { kind: 'migrate', ...this.#where(record), tid, toCpu };
      }
      case LATE_RECORD.interrupt:
        return this.#interrupt(record);
      case LATE_RECORD.fault:
        return this.#fault(record);
      case LATE_RECORD.expiry:
        return {
          kind: 'quota-expiry',
          timeNs: this.#timeNs(record),
          timer: record.word(wordsOf(EXPIRY_RECORD)('timer')),
        };
      default:
        return null;
    }
  }

  /** Of a record that did not come through a ring. */
  decodeTurns(words: Uint32Array): TurnsEvent {
    return this.#turns(new RingCursor(words, true), 0);
  }

  #turns(record: RingCursor, at: number): TurnsEvent {
    return decodeTurns(record, at, this.#base, this.#turnNames);
  }

  /** Of a thread that no record has named. */
  #taskOf(tid: number): TaskName {
    const known = this.#names.get(tid);
    if (known !== undefined) return known;
    const task = this.#lookups.taskOf(tid);
    this.#names.set(tid, task);
    return task;
  }

  #timeNs(record: RingCursor): number {
    return this.#base.at(record, TIME_AT);
  }

  #where(record: RingCursor) {
    return { timeNs: this.#timeNs(record), cpu: record.word(CPU_AT), witness: record.word(TID_AT + 1) };
  }

  #switch(record: RingCursor): LateEvent {
    const flags = record.word(SWITCH.flags);
    const previous = this.#task(record, SWITCH.previousTid, SWITCH.previousTgid, SWITCH.previousComm);
    const timer = record.word(SWITCH.timer);
    return {
      kind: 'switch',
      timeNs: this.#base.at(record, SWITCH.nowNs),
      cpu: record.word(CPU_AT),
      witness: previous.tid,
      previous,
      next: this.#task(record, SWITCH.nextTid, SWITCH.nextTgid, SWITCH.nextComm),
      left: leftAs(flags, record.word(SWITCH.state)),
      throttled: (flags & SWITCH_FLAG.throttled) !== 0,
      quotaTimer: timer === 0 ? null : timer,
      inFault: (flags & SWITCH_FLAG.inFault) !== 0,
      stealNs: (flags & SWITCH_FLAG.hasSteal) === 0 ? null : record.number(SWITCH.stealNs),
      woken: (flags & SWITCH_FLAG.woken) === 0 ? null : this.#woken(record, SWITCH.woken),
      previousInTurns: (flags & SWITCH_FLAG.previousKept) !== 0,
      nextInTurns: (flags & SWITCH_FLAG.nextKept) !== 0,
    };
  }

  #woken(record: RingCursor, at: number): Woken {
    const told = record.word(at + WOKEN.context);
    const context = CONTEXTS[told & ~SLEEP_AS_BEFORE] ?? 'task';
    const waker = this.#task(record, at + WOKEN.wakerTid, at + WOKEN.wakerTgid, at + WOKEN.wakerComm0);
    const interrupt =
      context === 'task' ? null : this.#interruptName(context, record.word(at + WOKEN.interrupt));
    const waking = { timeNs: this.#base.at(record, at), waker, context, interrupt, sleep: null };
    const queuedNs = this.#base.at(record, at + WOKEN.wakeupNs);
    return { waking, queuedNs, sleptAsBefore: (told & SLEEP_AS_BEFORE) !== 0 };
  }

  #waking(record: RingCursor): LateEvent {
    const context = CONTEXTS[record.word(WAKING.context)] ?? 'task';
    const level = context === 'task' ? null : context;
    return {
      kind: 'waking',
      ...this.#where(record),
      tid: record.word(WAKING.tid),
      waker: this.#task(record, WAKING.wakerTid, WAKING.wakerTgid, WAKING.wakerComm),
      context,
      interrupt: level === null ? null : this.#interruptName(level, record.word(WAKING.interrupt)),
      sleep: record.word(WAKING.hasStack) === 0 ? null : this.#sleep(record),
    };
  }

  #sleep(record: RingCursor): SleepClass {
    const frames: number[] = [];
    for (let i = 0; i < STACK_FRAMES; i += 1) {
      const at = WAKING.frames + 2 * i;
      const [low, high] = [record.word(at), record.word(at + 1)];
      if (low === 0 && high === 0) break;
      frames.push((high | 0) * 0x1_0000_0000 + low);
    }
    return this.#lookups.sleepOf(frames, record.word(WAKING.argument));
  }

  #interrupt(record: RingCursor): LateEvent {
    const level = record.word(INTERRUPT.level) === INTERRUPT_LEVEL.softirq ? 'softirq' : 'interrupt';
    const isOver = record.word(INTERRUPT.untilNs) === 0 && record.word(INTERRUPT.untilNs + 1) === 0;
    const where = this.#where(record);
    const cpu = isOver ? where.cpu : record.word(INTERRUPT.onCpu);
    return {
      kind: 'interrupt',
      timeNs: isOver ? where.timeNs : this.#base.at(record, INTERRUPT.untilNs),
      cpu,
      // Of another CPU, who runs there is not known here.
      witness: cpu === where.cpu ? where.witness : null,
      sinceNs: this.#base.at(record, INTERRUPT.sinceNs),
      interrupt: this.#interruptName(level, record.word(INTERRUPT.id)),
      stealNs: record.word(INTERRUPT.hasSteal) === 0 ? null : record.number(INTERRUPT.stealNs),
    };
  }

  #fault(record: RingCursor): LateEvent {
    const at = wordsOf(FAULT_RECORD);
    return {
      kind: 'fault',
      timeNs: this.#timeNs(record),
      sinceNs: this.#base.at(record, at('sinceNs')),
      tid: record.word(at('tid')),
      major: record.word(at('major')) === 1,
      place: this.#lookups.placeOf(record.number(at('address'))),
    };
  }

  #task(record: RingCursor, tidAt: number, tgidAt: number, commAt: number): TaskName {
    const [tid, tgid] = [record.word(tidAt), record.word(tgidAt)];
    const comm = this.#comms.textAt(record, commAt, tid);
    const known = this.#names.get(tid);
    if (known?.comm === comm && known.tgid === tgid) return known;
    const task = { tid, tgid, comm };
    this.#names.set(tid, task);
    return task;
  }

  #interruptName(level: InterruptName['level'], id: number): InterruptName {
    const key = level === 'softirq' ? -1 - id : id;
    const known = this.#interrupts.get(key);
    if (known !== undefined) return known;
    const made = { level, name: this.#nameOf(level, id) };
    this.#interrupts.set(key, made);
    return made;
  }

  #nameOf(level: InterruptName['level'], id: number): string {
    if (level === 'softirq') return softirqName(id);
    const vector = CPU_VECTORS[id - FIRST_VECTOR_ID];
    return vector === undefined ? this.#lookups.interruptOf(id) : vectorName(vector);
  }
}

const CONTEXTS: readonly WakingContext[] = Object.entries(WAKING_CONTEXT)
  .sort(([, a], [, b]) => a - b)
  .map(([name]) => name as WakingContext);

function leftAs(flags: number, state: number): 'runnable' | 'asleep' | 'blocked' | 'ended' {
  if ((flags & SWITCH_FLAG.runnable) !== 0) return 'runnable';
  if ((state & STATE.ended) !== 0) return 'ended';
  return (state & STATE.uninterruptible) !== 0 ? 'blocked' : 'asleep';
}

/** Word offsets from the start of the sample, of the fields of a record within. */
function wordsOf<Field extends string>(layout: { offset(field: Field): number }): (field: Field) => number {
  return (field) => RAW_AT + layout.offset(field) / 4;
}

/** Those of the frequent records, computed once. */
const SWITCH = (() => {
  const at = wordsOf(SWITCH_RECORD);
  return {
    flags: at('flags'),
    previousTid: at('previousTid'),
    previousTgid: at('previousTgid'),
    nextTid: at('nextTid'),
    nextTgid: at('nextTgid'),
    state: at('state'),
    nowNs: at('nowNs'),
    timer: at('timer'),
    stealNs: at('stealNs'),
    previousComm: at('previousComm0'),
    nextComm: at('nextComm0'),
    woken: at('wakingNs'),
  };
})();

/** From the start of the part. */
const WOKEN = (() => {
  const layout = new Layout(WOKEN_PART);
  const at = (field: keyof typeof WOKEN_PART) => layout.offset(field) / 4;
  return {
    wakeupNs: at('wakeupNs'),
    wakerTid: at('wakerTid'),
    wakerTgid: at('wakerTgid'),
    context: at('context'),
    interrupt: at('interrupt'),
    wakerComm0: at('wakerComm0'),
  };
})();

const WAKING = (() => {
  const at = wordsOf(WAKING_RECORD);
  return {
    tid: at('tid'),
    wakerTid: at('wakerTid'),
    wakerTgid: at('wakerTgid'),
    context: at('context'),
    interrupt: at('interrupt'),
    argument: at('argument'),
    hasStack: at('hasStack'),
    wakerComm: at('wakerComm0'),
    frames: at('frames'),
  };
})();

const INTERRUPT = (() => {
  const at = wordsOf(INTERRUPT_RECORD);
  return {
    level: at('level'),
    id: at('id'),
    hasSteal: at('hasSteal'),
    sinceNs: at('sinceNs'),
    stealNs: at('stealNs'),
    untilNs: at('untilNs'),
    onCpu: at('onCpu'),
  };
})();
