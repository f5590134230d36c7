import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import { taskIterator } from './programs/task-iterator.ts';
import { type TaskRecordLayout, TaskRecords } from './task-records.ts';
import { fixtureBtf } from './testing/fixture-btf.ts';

const units = { pageBytes: 4096, ticksPerSec: 100 };

type Values = Readonly<Record<string, number | bigint>>;

/** The bytes that the program would write for these fields; others are zero. */
function record(layout: TaskRecordLayout, values: Values, comm = ''): Uint8Array {
  const bytes = new Uint8Array(layout.sizeBytes);
  const view = new DataView(bytes.buffer);
  for (const [name, value] of Object.entries(values)) {
    const place = layout.places.get(name);
    if (place === undefined) throw new Error(`no field ${name}`);
    if (place.width === 64) view.setBigInt64(place.offset, BigInt(value), true);
    else view.setInt32(place.offset, Number(value), true);
  }
  bytes.set(new TextEncoder().encode(comm).slice(0, 15), layout.places.get('comm0')?.offset);
  return bytes;
}

function concat(all: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(all.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of all) {
    bytes.set(one, at);
    at += one.length;
  }
  return bytes;
}

const values: Values = {
  tid: 4131,
  tgid: 4127,
  startNs: 987_654_321_012n,
  flags: 0x40_0040,
  state: 1,
  policy: 2,
  staticPriority: 115,
  realtimePriority: 40,
  cpu: 3,
  utime: 30,
  stime: 10,
  runTimeNs: 2n ** 60n,
  runDelayNs: 7,
  timeslices: 8,
  voluntarySwitches: 5,
  involuntarySwitches: 6,
  minorFaults: 2345,
  majorFaults: 7,
  migrations: 9,
  mask0: -1n,
  mask1: 1n,
  hasMemory: 1,
  anonymousPages: 100,
  filePages: 20,
  sharedPages: -3,
  swapPages: 2n ** 33n,
};

describe('records of tasks', () => {
  const { layout } = taskIterator.build(fixtureBtf('6.18-x86_64'), { cpus: 128 });
  const decode = (...all: Uint8Array[]) => new TaskRecords(layout, units).decode(concat(all));

  it('hold each field at its place', () => {
    const [task] = decode(record(layout, values, 'tick'));
    expect(task).toMatchObject({
      tid: 4131,
      tgid: 4127,
      comm: 'tick',
      state: 'S',
      flags: 0x40_0040,
      policy: 2,
      nice: -5,
      realtimePriority: 40,
      cpu: 3,
      startNs: 987_654_321_012n,
      startTicks: 98_765n,
      userNs: (2n ** 60n * 3n) / 4n,
      systemNs: 2n ** 58n,
      runTimeNs: 2n ** 60n,
      runDelayNs: 7n,
      timeslices: 8n,
      voluntarySwitches: 5n,
      involuntarySwitches: 6n,
      minorFaults: 2345n,
      majorFaults: 7n,
      migrations: 9n,
      memory: { anonymousBytes: 409_600, fileBytes: 81_920, sharedBytes: 0, swapBytes: 2 ** 45 },
    });
    expect(String(task?.affinity)).toBe('0-64');
  });

  it.each(['', 'a b) 9', 'x\ny', '게임서버', 'fifteen bytes!!'])('keep the name %j', (comm) => {
    expect(decode(record(layout, values, comm))[0]?.comm).toBe(comm);
  });

  it('say why there is no memory', () => {
    const without = { ...values, hasMemory: 0 };
    const kernelThread = { ...values, flags: 0x20_0000 };
    for (const task of decode(record(layout, without), record(layout, kernelThread)))
      expect(isMissing(task.memory)).toBe(true);
  });

  it('refuse bytes that end in a record', () => {
    expect(() => decode(record(layout, values).slice(8))).toThrow(FormatError);
  });

  it('are shared between sweeps as long as nothing changed, and only then', () => {
    const records = new TaskRecords(layout, units);
    const sleeper = record(layout, { ...values, tid: 5 });
    const worker = (runTimeNs: bigint) => record(layout, { ...values, tid: 9, runTimeNs });
    const reborn = record(layout, { ...values, tid: 5, startNs: 1n });
    const first = records.decode(concat([record(layout, { ...values, tid: 2 }), sleeper, worker(1n)]));
    const second = records.decode(concat([sleeper, record(layout, { ...values, tid: 7 }), worker(2n)]));
    expect(second[0]).toBe(first[1]);
    expect(second.map((task) => [task.tid, task.runTimeNs])).toEqual([
      [5, 2n ** 60n],
      [7, 2n ** 60n],
      [9, 2n],
    ]);
    const third = records.decode(concat([reborn, worker(2n)]));
    expect(third.map((task) => task.startNs)).toEqual([1n, 987_654_321_012n]);
    expect(third[1]).toBe(second[2]);
  });
});

describe('records of a kernel that lacks fields', () => {
  const btf = fixtureBtf('6.18-x86_64');
  const { layout } = taskIterator.build(
    {
      typeId: (kind, name) => btf.typeId(kind, name),
      enumerator: (name) => btf.enumerator(name),
      member: (struct, path) =>
        /run_delay|nr_migrations|cpus_mask|rss_stat|prev_cputime/.test(path.join())
          ? { missing: 'absent', path: path.join() }
          : btf.member(struct, path),
    },
    { cpus: 8 },
  );

  it('say that they are absent, never zero', () => {
    const { tid, startNs } = values as { tid: number; startNs: bigint };
    const [task] = new TaskRecords(layout, units).decode(record(layout, { tid, startNs, runTimeNs: 5 }));
    const absent = ['runDelayNs', 'migrations', 'affinity', 'memory', 'userNs', 'systemNs'] as const;
    for (const name of absent) expect(task?.[name]).toMatchObject({ missing: 'absent' });
    expect(task).toMatchObject({ tid: 4131, runTimeNs: 5n, timeslices: 0n });
  });
});
