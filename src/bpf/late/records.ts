/** The records of the late programs, as they come out of the ring. The sample around each tells time, CPU and task. */
import { type FieldsOf, Layout } from '../layout.ts';

/** The first word of every record. */
export const LATE_RECORD = {
  switch: 1,
  waking: 2,
  wakeup: 3,
  migrate: 4,
  interrupt: 5,
  fault: 6,
  expiry: 7,
  woken: 8,
  turns: 9,
} as const;
export type LateRecordKind = keyof typeof LATE_RECORD;

export const SWITCH_FLAG = {
  runnable: 1,
  throttled: 2,
  inFault: 4,
  hasSteal: 8,
  woken: 16,
  /** What the task that leaves did until now is told later, in a record of turns. */
  previousKept: 32,
  /** That the next task comes is told later, likewise. */
  nextKept: 64,
} as const;

/**
 * How a thread came onto a queue, told in one where its sleep was short: in the switch that brings it, or by itself
 * where something else happens on that CPU before.
 */
export const WOKEN_PART = {
  wakingNs: 'u64',
  wakeupNs: 'u64',
  wakerTid: 'u32',
  wakerTgid: 'u32',
  context: 'u32',
  /** Of the interrupt or softirq; see INTERRUPT_ID. */
  interrupt: 'u32',
  wakerComm0: 'u64',
  wakerComm1: 'u64',
} as const;

export const SWITCH_RECORD = new Layout({
  kind: 'u32',
  flags: 'u32',
  previousTid: 'u32',
  previousTgid: 'u32',
  nextTid: 'u32',
  nextTgid: 'u32',
  /** As the kernel keeps it; not what the tracepoint's text shows. */
  state: 'u32',
  reserved: 'u32',
  /** The time that what is kept of the two goes by; the sample around it has a later one. */
  nowNs: 'u64',
  /** The address of the quota's period timer; 0 where it was not throttled. */
  timer: 'u64',
  stealNs: 'u64',
  previousComm0: 'u64',
  previousComm1: 'u64',
  nextComm0: 'u64',
  nextComm1: 'u64',
  /** Only with the flag `woken`; without, the record ends before it. On whose queue: this CPU's. */
  ...WOKEN_PART,
});
export const SWITCH_SHORT_BYTES = SWITCH_RECORD.offset('wakingNs');

/** As deep as a sleep in a page fault of a file is, with room. */
export const STACK_FRAMES = 24;

export const WAKING_CONTEXT = { task: 0, interrupt: 1, softirq: 2 } as const;
/** Added to the context of a wake-up: the thread slept where its last record of a waking with frames says. */
export const SLEEP_AS_BEFORE = 1 << 8;

export const WAKING_RECORD = new Layout({
  kind: 'u32',
  tid: 'u32',
  wakerTid: 'u32',
  wakerTgid: 'u32',
  context: 'u32',
  /** Of the interrupt or softirq; see INTERRUPT_ID. */
  interrupt: 'u32',
  /** The second argument of the thread's system call: what a futex call does. */
  argument: 'u32',
  /** 1 where the frames are there; without, the record ends before them. */
  hasStack: 'u32',
  wakerComm0: 'u64',
  wakerComm1: 'u64',
  /** Innermost first; 0 behind the last one. */
  frames: { counters: STACK_FRAMES },
});
export const WAKING_SHORT_BYTES = WAKING_RECORD.offset('frames');

export const WOKEN_RECORD = new Layout({ kind: 'u32', tid: 'u32', onCpu: 'u64', ...WOKEN_PART });
export const WAKEUP_RECORD = new Layout({ kind: 'u32', tid: 'u32', onCpu: 'u32', isNew: 'u32' });
export const MIGRATE_RECORD = new Layout({ kind: 'u32', tid: 'u32', toCpu: 'u32' });

export const INTERRUPT_LEVEL = { interrupt: 1, softirq: 2 } as const;
/** Device interrupts have their number; vectors of the CPU itself begin here, in the order of CPU_VECTORS. */
export const FIRST_VECTOR_ID = 1 << 20;
/** arch/x86/include/asm/trace/irq_vectors.h: those that are of use for a thread's lateness. */
export const CPU_VECTORS = [
  'local_timer',
  'reschedule',
  'call_function',
  'call_function_single',
  'irq_work',
] as const;

export const INTERRUPT_RECORD = new Layout({
  kind: 'u32',
  level: 'u32',
  id: 'u32',
  hasSteal: 'u32',
  sinceNs: 'u64',
  stealNs: 'u64',
  /** 0 where it is over as it is told. */
  untilNs: 'u64',
  /** Where it was; whoever moves the thread it was kept with tells it from another CPU. Only with `untilNs`. */
  onCpu: 'u64',
});

/**
 * A turn of a thread that nothing disturbed but the interrupt that woke it: it slept or was preempted, waited for a short
 * time behind one task, ran. So many are kept with a thread and told together. Lengths are nanoseconds.
 */
export const TURN = new Layout({
  sleepNs: 'u32',
  /** From the begin of the wake-up to the queue. */
  wakeNs: 'u32',
  waitNs: 'u32',
  runNs: 'u32',
  /** Who had the CPU before. */
  fromTid: 'u32',
  /** A thread; or an interrupt or softirq, see WAKER. */
  waker: 'u32',
  /** After the begin of the wake-up. */
  interruptAtNs: 'u32',
  /** 0 for none. */
  interruptNs: 'u32',
  interruptId: 'u32',
  kind: 'u32',
});
/** What comes before the wait: a sleep that was not looked at, or where it slept the last time; or none. */
export const TURN_KIND = { unseenSleep: 0, sleepAsBefore: 1, preempted: 2 } as const;
/** Bits of a waker that is no thread; the rest is its number. */
export const WAKER = { interrupt: 1 << 31, softirq: 1 << 30 } as const;
export const MOST_TURNS = 10;

/** How it goes on behind the last turn; where it runs, that turn has no end yet. Waiting, it was preempted. */
export const AFTER_TURNS = { sleeps: 0, runs: 1, waits: 2 } as const;

export const TURNS_RECORD = new Layout({
  kind: 'u32',
  tid: 'u32',
  onCpu: 'u32',
  turns: 'u32',
  /** See AFTER_TURNS. */
  after: 'u32',
  reserved: 'u32',
  /** When the first of the turns began. */
  sinceNs: 'u64',
  /** Taken by the hypervisor from this CPU since boot: the same from the first turn to the last. */
  stealNs: 'u64',
  list: { counters: (MOST_TURNS * TURN.sizeBytes) / 8 },
});
/** Without the list. */
export const TURNS_HEAD_BYTES = TURNS_RECORD.offset('list');

export const FAULT_RECORD = new Layout({
  kind: 'u32',
  tid: 'u32',
  major: 'u64',
  sinceNs: 'u64',
  address: 'u64',
});
export const EXPIRY_RECORD = new Layout({ kind: 'u64', timer: 'u64' });

/** What the programs count beside the records. */
export const LATE_COUNTS = new Layout({
  minorFaults: 'u64',
  majorFaults: 'u64',
  /** Faults too short to be told one by one. */
  shortFaults: 'u64',
  shortFaultNs: 'u64',
  /** Threads that found no room in the table: what happens to them is told in part. */
  full: 'u64',
});
export type LateCounts = FieldsOf<typeof LATE_COUNTS>;
