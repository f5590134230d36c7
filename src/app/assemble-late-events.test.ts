import { describe, expect, it } from 'vitest';
import type { LateEvent } from '../model/late/events.ts';
import type { LateRecord } from '../perf/late-records.ts';
import { LateAssembly } from './assemble-late-events.ts';

const TARGET = { tgid: 10, tid: 11 };
const OTHER = { tgid: 20, tid: 20 };
const FAULT_OVER_NS = 3_000;

function assembled(records: readonly LateRecord[], tid: number | null = null) {
  const scope = { tgid: TARGET.tgid, tid, faultOverNs: FAULT_OVER_NS, tids: [TARGET.tid] };
  const lookups = { interruptOf: (line: number) => `device ${line}`, placeOf: () => '/data' };
  const assembly = new LateAssembly(scope, lookups);
  const events = records.flatMap((record) => assembly.add(record) ?? []);
  return { events, counts: assembly.counts };
}

type Current = { readonly tid: number; readonly tgid: number } | null;

const switched = (timeNs: number, previousTid: number, nextTid: number, state = 0, current?: Current) =>
  ({
    kind: 'switch',
    timeNs,
    cpu: 0,
    current:
      current === undefined ? { tid: previousTid, tgid: previousTid === 11 ? 10 : previousTid } : current,
    previousTid,
    previousComm: `task ${previousTid}`,
    state,
    nextTid,
    nextComm: `task ${nextTid}`,
  }) as const satisfies LateRecord;
const wakingOf = (timeNs: number, tid: number, current: Current = OTHER) =>
  ({ kind: 'waking', timeNs, cpu: 0, current, tid }) as const;
const SOFTIRQ = { level: 'softirq', vector: null, id: 3 } as const;
const TIMER = { level: 'interrupt', vector: 'local_timer', id: 236 } as const;
const DEVICE = { level: 'interrupt', vector: null, id: 27 } as const;
const enter = (timeNs: number, source: typeof SOFTIRQ | typeof TIMER | typeof DEVICE) =>
  ({ kind: 'enter', timeNs, cpu: 0, current: OTHER, source }) as const;
const leave = (timeNs: number, source: typeof SOFTIRQ | typeof TIMER | typeof DEVICE) =>
  ({ kind: 'leave', timeNs, cpu: 0, current: OTHER, source }) as const;
const faultBegin = (timeNs: number, current = TARGET) =>
  ({ kind: 'fault-begin', timeNs, cpu: 0, current, address: 0x1000 }) as const;
const faultEnd = (timeNs: number, major = false, current = TARGET) =>
  ({ kind: 'fault-end', timeNs, cpu: 1, current, major }) as const;

describe('switches', () => {
  it.each([
    [0, 'runnable'],
    [0x100, 'runnable'],
    [0x01, 'asleep'],
    [0x02, 'blocked'],
    [0x04, 'asleep'],
    [0x10, 'ended'],
    [0x20, 'ended'],
  ] as const)('of state %i left %s', (state, left) => {
    expect(assembled([switched(1, 20, 11, state)]).events).toMatchObject([{ kind: 'switch', left }]);
  });

  it('know the process of who leaves, of the threads that were there, and of those born since', () => {
    const { events } = assembled([
      switched(1, 20, 11),
      { kind: 'fork', timeNs: 2, tid: 12, tgid: 10 },
      switched(3, 11, 12),
      switched(4, 12, 30, 0, { tid: 12, tgid: 10 }),
    ]);
    expect(events.map((one) => one.kind === 'switch' && [one.previous.tgid, one.next.tgid])).toEqual([
      [20, 10],
      [10, 10],
      [10, 30],
    ]);
  });

  it('forget the process of a thread that ended: another may get its number', () => {
    const { events } = assembled([switched(1, 11, 20, 0x10, null), switched(2, 20, 11, 1)]);
    expect(events).toMatchObject([{ previous: { tgid: 10 } }, { next: { tid: 11, tgid: 11 } }]);
  });
});

describe('wake-ups', () => {
  it('are told of the target alone', () => {
    const { events } = assembled([
      wakingOf(1, 99),
      { kind: 'wakeup', timeNs: 2, cpu: 0, current: OTHER, tid: 99, onCpu: 0, isNew: false },
      { kind: 'migrate', timeNs: 3, cpu: 0, current: OTHER, tid: 99, toCpu: 1 },
      { kind: 'migrate', timeNs: 4, cpu: 0, current: OTHER, tid: 11, toCpu: 1 },
      { kind: 'wakeup', timeNs: 5, cpu: 0, current: OTHER, tid: 11, onCpu: 1, isNew: false },
    ]);
    expect(events).toEqual([
      { kind: 'migrate', timeNs: 4, cpu: 0, witness: 20, tid: 11, toCpu: 1 },
      { kind: 'wakeup', timeNs: 5, cpu: 0, witness: 20, tid: 11, onCpu: 1, isNew: false },
    ]);
  });

  it('are told of one thread alone where only that is watched', () => {
    expect(assembled([wakingOf(1, 11)], 12).events).toEqual([]);
    expect(assembled([wakingOf(1, 12)], 12).events).toHaveLength(1);
  });

  it('name the task that wakes, as it was met in a switch', () => {
    const { events } = assembled([switched(1, 11, 20, 1), wakingOf(2, 11)]);
    expect(events[1]).toMatchObject({
      context: 'task',
      interrupt: null,
      waker: { tid: 20, comm: 'task 20' },
    });
  });

  it('come from the innermost interrupt that is open on that CPU', () => {
    const { events } = assembled([
      enter(1, SOFTIRQ),
      enter(2, TIMER),
      wakingOf(3, 11),
      leave(4, TIMER),
      wakingOf(5, 11),
      leave(6, SOFTIRQ),
      wakingOf(7, 11),
    ]);
    const contexts = events.flatMap((one) =>
      one.kind === 'waking' ? [[one.context, one.interrupt?.name]] : [],
    );
    expect(contexts).toEqual([
      ['interrupt', 'local timer'],
      ['softirq', 'NET_RX'],
      ['task', undefined],
    ]);
  });

  it('by a task without a number are told by who came to that CPU last', () => {
    const { events } = assembled([switched(1, 20, 30), wakingOf(2, 11, null)]);
    expect(events[1]).toMatchObject({ kind: 'waking', witness: 30 });
    expect(assembled([wakingOf(2, 11, null)]).events).toEqual([]);
  });
});

describe('interrupts', () => {
  it('last from begin to end, nested ones within', () => {
    const { events } = assembled([enter(1, DEVICE), enter(2, SOFTIRQ), leave(5, SOFTIRQ), leave(9, DEVICE)]);
    expect(events).toEqual([
      interrupted(2, 5, { level: 'softirq', name: 'NET_RX' }),
      interrupted(1, 9, { level: 'interrupt', name: 'device 27' }),
    ]);
  });

  it('whose begin or end was lost are not told, and hide no others', () => {
    expect(assembled([leave(1, TIMER)]).events).toEqual([]);
    const { events } = assembled([enter(1, DEVICE), enter(2, SOFTIRQ), leave(9, DEVICE), wakingOf(10, 11)]);
    expect(events).toMatchObject([{ kind: 'interrupt', sinceNs: 1 }, { context: 'task' }]);
    const behind = assembled([enter(1, DEVICE), switched(2, 20, 30), wakingOf(3, 11)]).events;
    expect(behind[1]).toMatchObject({ kind: 'waking', context: 'task' });
  });
});

describe('faults', () => {
  it('last from begin to end, whichever CPU they end on', () => {
    const { events, counts } = assembled([
      faultBegin(1_000),
      switched(2_000, 11, 20, 2),
      faultEnd(90_000, true),
    ]);
    expect(events).toMatchObject([
      { kind: 'switch', inFault: true },
      { kind: 'fault', sinceNs: 1_000, timeNs: 90_000, tid: 11, major: true, place: '/data' },
    ]);
    expect(counts).toEqual({ minorFaults: 0, majorFaults: 1, shortFaults: 0, shortFaultNs: 0 });
  });

  it('that are short are counted', () => {
    const { events, counts } = assembled([faultBegin(1_000), faultEnd(1_800), switched(2_000, 11, 20, 1)]);
    expect(events).toMatchObject([{ kind: 'switch', inFault: false }]);
    expect(counts).toEqual({ minorFaults: 1, majorFaults: 0, shortFaults: 1, shortFaultNs: 800 });
  });

  it('of others are left out, those without a begin only counted', () => {
    const { events, counts } = assembled([
      faultBegin(1, OTHER),
      faultEnd(90_000, false, OTHER),
      faultEnd(99_000),
    ]);
    expect(events).toEqual([]);
    expect(counts.minorFaults).toBe(1);
  });
});

function interrupted(sinceNs: number, timeNs: number, interrupt: unknown): LateEvent {
  return { kind: 'interrupt', timeNs, cpu: 0, witness: 20, sinceNs, interrupt, stealNs: null } as LateEvent;
}
