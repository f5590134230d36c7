/**
 * What tracepoints and software events tell of the scheduler without BPF: samples of perf rings, each decoded by itself.
 * What they mean together, app/assemble-late-events.ts finds in the order of time.
 */
import type { EventAttributes, SampleField } from './attributes.ts';
import { Comms } from './comms.ts';
import { decodeOther, sampleTail } from './records.ts';
import type { RingCursor } from './ring-cursor.ts';
import { sampleLayout } from './sample-layout.ts';
import type { TimeBase } from './time-base.ts';
import { fieldWord, type TracepointShape } from './tracepoint-fields.ts';

/** A tracepoint by its system and name, as tracefs has them. */
export interface LateTracepoint {
  readonly system: string;
  readonly event: string;
}

interface Told {
  /** After the time base. */
  readonly timeNs: number;
  readonly cpu: number;
  /** Whose context it was; null for one that is on its way out, and without a number already. */
  readonly current: { readonly tid: number; readonly tgid: number } | null;
}

/** The source of an interrupt: a device's line, a softirq, or a vector of the CPU itself by name. */
export interface InterruptSource {
  readonly level: 'interrupt' | 'softirq';
  readonly vector: string | null;
  readonly id: number;
}

export type LateRecord =
  | (Told & {
      readonly kind: 'switch';
      readonly previousTid: number;
      readonly previousComm: string;
      /** Bits as the tracepoint shows them; see TRACED_STATE. */
      readonly state: number;
      readonly nextTid: number;
      readonly nextComm: string;
    })
  | (Told & { readonly kind: 'waking'; readonly tid: number })
  | (Told & {
      readonly kind: 'wakeup';
      readonly tid: number;
      readonly onCpu: number;
      readonly isNew: boolean;
    })
  | (Told & { readonly kind: 'migrate'; readonly tid: number; readonly toCpu: number })
  | (Told & { readonly kind: 'enter'; readonly source: InterruptSource })
  | (Told & { readonly kind: 'leave'; readonly source: InterruptSource })
  | (Told & { readonly kind: 'fault-begin'; readonly address: number })
  | (Told & { readonly kind: 'fault-end'; readonly major: boolean })
  | { readonly kind: 'fork'; readonly timeNs: number; readonly tid: number; readonly tgid: number };

/** include/trace/events/sched.h: of prev_state. None of the low bits: it could go on. */
export const TRACED_STATE = { any: 0xff, blocked: 0x02, ended: 0x30 } as const;

/** Without these there is nothing to judge by. */
export const SCHEDULER_EVENTS = [
  'sched_switch',
  'sched_waking',
  'sched_wakeup',
  'sched_wakeup_new',
  'sched_migrate_task',
].map((event): LateTracepoint => ({ system: 'sched', event }));

const DEVICE_EVENTS = ['irq_handler_entry', 'irq_handler_exit', 'softirq_entry', 'softirq_exit'].map(
  (event): LateTracepoint => ({ system: 'irq', event }),
);

/** @param vectors names of arch/x86/include/asm/trace/irq_vectors.h; other processors have none */
export function interruptEvents(vectors: readonly string[]): LateTracepoint[] {
  const ofVectors = vectors.flatMap((vector) =>
    ['entry', 'exit'].map((end) => ({ system: 'irq_vectors', event: `${vector}_${end}` })),
  );
  return [...DEVICE_EVENTS, ...ofVectors];
}

const TRACEPOINT_FIELDS: readonly SampleField[] = ['tid', 'time', 'cpu', 'raw'];
const FAULT_FIELDS: readonly SampleField[] = ['tid', 'time', 'address', 'cpu'];
const TRACEPOINT_LAYOUT = sampleLayout(TRACEPOINT_FIELDS);
const FAULT_LAYOUT = sampleLayout(FAULT_FIELDS);
const NO_TASK = 0xffff_ffff;

export function tracepointEvent({ id }: TracepointShape): EventAttributes {
  return { source: { kind: 'tracepoint', id }, sample: TRACEPOINT_FIELDS, period: 1 };
}

/** Which process each new thread belongs to, of the whole machine. */
export const FORKS_EVENT: EventAttributes = {
  source: { kind: 'software', name: 'dummy' },
  sample: TRACEPOINT_FIELDS,
  forks: true,
};

const FAULT_SOURCES = { entry: 'page-faults', minor: 'minor-faults', major: 'major-faults' } as const;
export type LateFaultRole = keyof typeof FAULT_SOURCES;

/** The begin of a fault, and its end as minor or major; see fault-samples.ts. */
export function lateFaultEvent(role: LateFaultRole, inherit: boolean): EventAttributes {
  return {
    source: { kind: 'software', name: FAULT_SOURCES[role] },
    sample: FAULT_FIELDS,
    period: 1,
    inherit,
  };
}

type Decode = (record: RingCursor) => LateRecord;

export class LateRecordDecoder {
  readonly #base: TimeBase;
  readonly #comms = new Comms();
  readonly #decoders = new Map<string, Decode>();
  #lost = 0;

  /**
   * @param shapes by the name of the event
   * @throws FormatError where a format has not the fields that are needed
   */
  constructor(shapes: ReadonlyMap<string, TracepointShape>, base: TimeBase) {
    this.#base = base;
    for (const [event, shape] of shapes) this.#decoders.set(event, this.#tracepoint(event, shape));
    const fault = FAULT_LAYOUT.fixed.address as number;
    this.#decoders.set('entry', (record) => ({
      kind: 'fault-begin',
      ...this.#told(record, FAULT_LAYOUT.fixed),
      address: record.number(fault),
    }));
    for (const role of ['minor', 'major'] as const)
      this.#decoders.set(role, (record) => ({
        kind: 'fault-end',
        ...this.#told(record, FAULT_LAYOUT.fixed),
        major: role === 'major',
      }));
  }

  /** Records that found no room, as the rings say. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * @param name of the event whose sample it is; null for other records
   * @returns null for what is not used
   */
  decode(record: RingCursor, name: string | null): LateRecord | null {
    if (name !== null) return this.#decoders.get(name)?.(record) ?? null;
    const other = decodeOther(record, TRACEPOINT_LAYOUT, this.#base);
    if (other?.kind === 'lost') this.#lost += other.records;
    if (other?.kind !== 'fork') return null;
    return { kind: 'fork', timeNs: other.timeNs, tid: other.tid, tgid: other.tgid };
  }

  #told(record: RingCursor, fixed: typeof TRACEPOINT_LAYOUT.fixed): Told {
    const taskAt = fixed.tid as number;
    const [tgid, tid] = [record.word(taskAt), record.word(taskAt + 1)];
    return {
      timeNs: this.#base.at(record, fixed.time as number),
      cpu: record.word(fixed.cpu as number),
      current: tid === NO_TASK || tgid === NO_TASK ? null : { tid, tgid },
    };
  }

  #tracepoint(event: string, shape: TracepointShape): Decode {
    const told = (record: RingCursor) => this.#told(record, TRACEPOINT_LAYOUT.fixed);
    const word = (name: string, ...sizes: readonly number[]) => {
      const at = fieldWord(shape, name, ...(sizes.length === 0 ? [4] : sizes));
      return (record: RingCursor) => record.word(sampleTail(record, TRACEPOINT_LAYOUT).rawAt + at);
    };
    if (event === 'sched_switch') return this.#switch(shape, told);
    if (event.startsWith('sched_')) return schedulerDecoder(event, word, told);
    const source = interruptSource(event, word);
    const kind = event.endsWith('_entry') ? 'enter' : 'leave';
    return (record) => ({ kind, ...told(record), source: source(record) });
  }

  #switch(shape: TracepointShape, told: (record: RingCursor) => Told): Decode {
    const at = {
      previousTid: fieldWord(shape, 'prev_pid', 4),
      previousComm: fieldWord(shape, 'prev_comm', 16),
      // A long: its low half is on little-endian machines the first word.
      state: fieldWord(shape, 'prev_state', 4, 8),
      nextTid: fieldWord(shape, 'next_pid', 4),
      nextComm: fieldWord(shape, 'next_comm', 16),
    };
    return (record) => {
      const { rawAt } = sampleTail(record, TRACEPOINT_LAYOUT);
      const previousTid = record.word(rawAt + at.previousTid);
      const nextTid = record.word(rawAt + at.nextTid);
      return {
        kind: 'switch',
        ...told(record),
        previousTid,
        previousComm: this.#comms.textAt(record, rawAt + at.previousComm, previousTid),
        state: record.word(rawAt + at.state),
        nextTid,
        nextComm: this.#comms.textAt(record, rawAt + at.nextComm, nextTid),
      };
    };
  }
}

type FieldReader = (name: string, ...sizes: readonly number[]) => (record: RingCursor) => number;

function schedulerDecoder(event: string, word: FieldReader, told: (record: RingCursor) => Told): Decode {
  const tid = word('pid');
  if (event === 'sched_waking') return (record) => ({ kind: 'waking', ...told(record), tid: tid(record) });
  if (event === 'sched_migrate_task') {
    const toCpu = word('dest_cpu');
    return (record) => ({ kind: 'migrate', ...told(record), tid: tid(record), toCpu: toCpu(record) });
  }
  const onCpu = word('target_cpu');
  const isNew = event === 'sched_wakeup_new';
  return (record) => ({ kind: 'wakeup', ...told(record), tid: tid(record), onCpu: onCpu(record), isNew });
}

function interruptSource(event: string, word: FieldReader): (record: RingCursor) => InterruptSource {
  if (event.startsWith('softirq_')) {
    const id = word('vec');
    return (record) => ({ level: 'softirq', vector: null, id: id(record) });
  }
  if (event.startsWith('irq_handler_')) {
    const id = word('irq');
    return (record) => ({ level: 'interrupt', vector: null, id: id(record) });
  }
  const vector = event.replace(/_(entry|exit)$/, '');
  const id = word('vector');
  return (record) => ({ level: 'interrupt', vector, id: id(record) });
}
