import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { type LateRecord, LateRecordDecoder } from './late-records.ts';
import { RingCursor } from './ring-cursor.ts';
import { pair, record, ringOf } from './testing/ring-bytes.ts';
import { TimeBase } from './time-base.ts';
import type { TracepointShape } from './tracepoint-fields.ts';

const BASE_NS = 9_007_199_254_740_993_000n;
const AREA_BYTES = 512;
const CPU = 3;

type Field = readonly [name: string, sizeBytes: number];

/** Fields one behind the other, from where the common ones end. */
function shapeOf(startBytes: number, fields: readonly Field[]): TracepointShape {
  let at = startBytes;
  const placed = fields.map(([name, sizeBytes]) => {
    const offsetBytes = Math.ceil(at / Math.min(sizeBytes, 4)) * Math.min(sizeBytes, 4);
    at = offsetBytes + sizeBytes;
    return [name, { offsetBytes, sizeBytes }] as const;
  });
  return { id: 100, fields: new Map(placed) };
}

const SWITCH: readonly Field[] = [
  ['prev_comm', 16],
  ['prev_pid', 4],
  ['prev_prio', 4],
  ['prev_state', 8],
  ['next_comm', 16],
  ['next_pid', 4],
];
const WAKEUP: readonly Field[] = [
  ['comm', 16],
  ['pid', 4],
  ['prio', 4],
  ['target_cpu', 4],
];

function rawOf(shape: TracepointShape, values: Readonly<Record<string, number | string>>): Uint8Array {
  const bytes = new Uint8Array(76);
  const view = new DataView(bytes.buffer);
  for (const [name, value] of Object.entries(values)) {
    const at = shape.fields.get(name)?.offsetBytes ?? 0;
    if (typeof value === 'number') view.setInt32(at, value, true);
    else bytes.set(new TextEncoder().encode(value), at);
  }
  return bytes;
}

/** As the kernel writes it: identifier, task, time, CPU, and raw data behind their length. */
function sample(raw: Uint8Array, task = pair(10, 11)): Uint8Array {
  const body = new Uint8Array(4 + raw.length);
  new DataView(body.buffer).setUint32(0, raw.length, true);
  body.set(raw, 4);
  return record(9, [7n, task, BASE_NS + 1_000n, pair(CPU, 0), ...new BigUint64Array(body.buffer)]);
}

function decoded(
  records: readonly Uint8Array[],
  name: string | null,
  shapes: Readonly<Record<string, TracepointShape>> = {},
  start = 0,
): { found: (LateRecord | null)[]; decoder: LateRecordDecoder } {
  const decoder = new LateRecordDecoder(new Map(Object.entries(shapes)), new TimeBase(BASE_NS));
  const ring = ringOf(records, AREA_BYTES, start);
  const found: (LateRecord | null)[] = [];
  new RingCursor(ring.words).visit(start, ring.head, (one) => found.push(decoder.decode(one, name)));
  return { found, decoder };
}

const told = { timeNs: 1000, cpu: CPU, current: { tgid: 10, tid: 11 } };

describe('a switch', () => {
  it('is read where the format says, wherever in the ring it lies', () => {
    const tids = fc.integer({ min: 0, max: 4_194_304 });
    fc.assert(
      fc.property(
        fc.constantFrom(8, 12, 16),
        tids,
        tids,
        fc.constantFrom(0, 1, 2, 0x10, 0x100),
        fc.integer({ min: 0, max: 63 }),
        (start, previousTid, nextTid, state, words) => {
          const shape = shapeOf(start, SWITCH);
          const values = { prev_comm: 'game loop', prev_pid: previousTid, prev_state: state };
          const raw = rawOf(shape, { ...values, next_comm: 'a name of 15 by', next_pid: nextTid });
          const { found } = decoded([sample(raw)], 'sched_switch', { sched_switch: shape }, words * 8);
          expect(found).toEqual([
            {
              kind: 'switch',
              ...told,
              previousTid,
              previousComm: 'game loop',
              state,
              nextTid,
              // Of two names for one number the later one is told.
              nextComm: 'a name of 15 by',
            },
          ]);
        },
      ),
    );
  });

  it('of a task on its way out has nobody in its context', () => {
    const shape = shapeOf(8, SWITCH);
    const raw = rawOf(shape, { prev_pid: 5, next_pid: 6 });
    const gone = pair(0xffff_ffff, 0xffff_ffff);
    const { found } = decoded([sample(raw, gone)], 'sched_switch', { sched_switch: shape });
    expect(found).toMatchObject([{ kind: 'switch', current: null, previousTid: 5 }]);
  });

  it('is refused where its format lacks a field', () => {
    const shape = shapeOf(8, SWITCH.slice(0, 3));
    expect(() => decoded([], 'sched_switch', { sched_switch: shape })).toThrow(FormatError);
  });
});

describe('other tracepoints', () => {
  it.each([
    ['sched_waking', WAKEUP, { pid: 12, target_cpu: 1 }, { kind: 'waking', tid: 12 }],
    ['sched_wakeup', WAKEUP, { pid: 12, target_cpu: 1 }, { kind: 'wakeup', tid: 12, onCpu: 1, isNew: false }],
    [
      'sched_wakeup_new',
      WAKEUP,
      { pid: 12, target_cpu: 0 },
      { kind: 'wakeup', tid: 12, onCpu: 0, isNew: true },
    ],
    [
      'sched_migrate_task',
      [
        ['pid', 4],
        ['dest_cpu', 4],
      ],
      { pid: 12, dest_cpu: 2 },
      { kind: 'migrate', tid: 12, toCpu: 2 },
    ],
    [
      'irq_handler_entry',
      [['irq', 4]],
      { irq: 27 },
      { kind: 'enter', source: { level: 'interrupt', vector: null, id: 27 } },
    ],
    [
      'softirq_exit',
      [['vec', 4]],
      { vec: 3 },
      { kind: 'leave', source: { level: 'softirq', vector: null, id: 3 } },
    ],
    [
      'local_timer_exit',
      [['vector', 4]],
      { vector: 236 },
      { kind: 'leave', source: { level: 'interrupt', vector: 'local_timer', id: 236 } },
    ],
  ] as const)('%s', (event, fields, values, expected) => {
    const shape = shapeOf(8, fields);
    const { found } = decoded([sample(rawOf(shape, values))], event, { [event]: shape });
    expect(found).toEqual([{ ...told, ...expected }]);
  });
});

describe('software events', () => {
  const fault = record(9, [7n, pair(10, 11), BASE_NS + 1_000n, 0x7f00_0000_1000n, pair(CPU, 0)]);

  it('tell where a fault is, and how it ended', () => {
    expect(decoded([fault], 'entry').found).toEqual([
      { kind: 'fault-begin', ...told, address: 0x7f00_0000_1000 },
    ]);
    expect(decoded([fault], 'major').found).toEqual([{ kind: 'fault-end', ...told, major: true }]);
    expect(decoded([fault], 'minor').found).toEqual([{ kind: 'fault-end', ...told, major: false }]);
  });

  it('tell the process of a new thread', () => {
    const fork = record(7, [pair(10, 10), pair(12, 11), BASE_NS + 1_000n, ...trailer()]);
    expect(decoded([fork], null).found).toEqual([{ kind: 'fork', timeNs: 1000, tgid: 10, tid: 12 }]);
  });

  it('count what found no room', () => {
    const lost = record(2, [7n, 41n, ...trailer()]);
    const { found, decoder } = decoded([lost, lost], null);
    expect(found).toEqual([null, null]);
    expect(decoder.lost).toBe(82);
  });
});

/** What stands behind records that are no samples: task, time, CPU, identifier. */
function trailer(): bigint[] {
  return [pair(10, 11), BASE_NS + 1_000n, pair(CPU, 0), 7n];
}
