import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { NO_MACHINE, processReading, threadReading } from '../testing/readings.ts';
import { computeFrame, cpuPctOf, type FrameContext, type WatchReading } from './compute-frame.ts';
import { decodeFrame, encodeFrame } from './frame-text.ts';
import { type FrameMoment, MOST_MOMENTS, momentsOf } from './late-moments.ts';

const NOT_COUNTED = missing('denied', 'bpf');
const context: FrameContext = {
  units: new Map([[7, 'arena.service']]),
  // Two cores of two siblings each.
  distance: (a, b) => (a >> 1 === b >> 1 ? 'smt-siblings' : 'same-llc'),
  latencies: () => ({
    runDelays: { events: 3, totalNs: 50, octaves: [0, 0, 3] },
    faultStalls: NOT_COUNTED,
    stallNsByThread: new Map([[8, 40]]),
    moments: momentsOf([], 1e6),
  }),
  judgement: missing('absent', 'findings'),
  obtainedBy: 'proc',
};

function reading(monotonicNs: bigint, threads: Parameters<typeof processReading>[1]): WatchReading {
  return {
    monotonicNs,
    unixMs: 1_700_000_000_000,
    skippedIntervals: 0,
    processes: new Map([[7, processReading(7, threads)]]),
    ended: [],
    status: new Map([[7, { swapBytes: 4096, lockedBytes: null }]]),
    affinities: new Map([[7, '0-3']]),
    changes: [],
    machine: NO_MACHINE,
    memory: missing('not-captured', '/proc/meminfo'),
    ownRunNs: Number(monotonicNs) / 100,
  };
}

const before = reading(1_000_000_000n, [
  threadReading(7, 7, { cpu: 0, migrations: 5n }),
  threadReading(7, 8, { cpu: 2, migrations: 1n, runTimeNs: 10n }),
  threadReading(7, 9, { cpu: 3 }),
]);
const after = reading(3_000_000_000n, [
  threadReading(7, 7, { cpu: 1, migrations: 6n, runTimeNs: 1_000_000_000n }),
  threadReading(7, 8, { cpu: 0, migrations: 2n, runTimeNs: 2_000_000_010n, policy: 1, realtimePriority: 50 }),
  threadReading(7, 9, { cpu: 3, migrations: 4n }),
]);

describe('a frame', () => {
  const frame = computeFrame(before, after, context);
  const [target] = frame.targets;

  it('holds what the process did in the measured time', () => {
    expect(frame).toMatchObject({ elapsedNs: 2e9, ownRunNs: 2e7, obtainedBy: 'proc' });
    expect(target).toMatchObject({ tgid: 7, unit: 'arena.service', swapBytes: 4096 });
    expect(target?.activity).toMatchObject({ runTimeNs: 3e9, migrations: 6 });
    expect(target && cpuPctOf(target, frame)).toBe(150);
  });

  it('knows the way of a thread that moved once, and says how many ways it does not know', () => {
    expect(target?.moves).toEqual({ byDistance: { 'smt-siblings': 1, 'same-llc': 1 }, unseen: 4 });
  });

  it('keeps a row for each thread', () => {
    expect(
      target?.threads.map(({ tid, cpu, policy, faultStallNs }) => [tid, cpu, policy, faultStallNs]),
    ).toEqual([
      [7, 1, 'other', 0],
      [8, 0, 'fifo', 40],
      [9, 3, 'other', 0],
    ]);
  });

  it('keeps the reason of each value that is missing', () => {
    expect(target?.lockedBytes).toEqual(missing('absent', 'status of 7'));
    expect(target?.faultStalls).toEqual(NOT_COUNTED);
    expect(frame.machine.cpus).toMatchObject({ missing: 'not-captured' });
  });

  it('does not take the first reading of a process for moves', () => {
    const born = computeFrame({ ...before, processes: new Map() }, after, context);
    expect(born.targets[0]?.moves).toEqual({ byDistance: {}, unseen: 0 });
  });

  it('is the same after it was text', () => {
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  });

  it.each(['', '{}', '[1]', 'null', '{"version":1}', '{"version":1,"monotonicNs":"x"}', '{"version":2}'])(
    'is not made of the text %j',
    (text) => {
      expect(() => decodeFrame(text)).toThrow(/expected/);
    },
  );
});

describe('the CPUs of a frame', () => {
  const times = (busyNs: bigint, idleNs: bigint, stealNs = 0n) => ({
    userNs: busyNs,
    niceNs: 0n,
    systemNs: 0n,
    idleNs,
    iowaitNs: 0n,
    irqNs: 0n,
    softirqNs: 0n,
    stealNs,
  });
  const machine = (first: ReturnType<typeof times>) => ({
    ...NO_MACHINE,
    stat: {
      total: first,
      cpus: new Map([
        [1, times(0n, 0n)],
        [0, first],
      ]),
      contextSwitches: 0n,
      forks: 0n,
      running: 1,
      blocked: 0,
    },
  });

  it('have shares of what the kernel accounted; of nothing, none', () => {
    const frame = computeFrame(
      { ...before, machine: machine(times(0n, 0n)) },
      { ...after, machine: machine(times(300n, 600n, 100n)) },
      context,
    );
    expect(frame.machine.cpus).toEqual([
      { cpu: 0, busyPct: 40, stealPct: 10 },
      { cpu: 1, busyPct: 0, stealPct: 0 },
    ]);
  });
});

describe('late moments', () => {
  const moment = (at: number, lateNs: number): FrameMoment => ({
    tid: 8,
    monotonicNs: BigInt(at),
    lateNs,
    cause: 'behind',
    by: { tid: 9, tgid: 9, comm: 'zstd' },
  });

  it('are kept in the order of time, the longest where there were very many, and all are counted', () => {
    const all = Array.from({ length: MOST_MOMENTS + 10 }, (_, i) => moment(1000 - i, i + 1));
    const { events, totalNs, kept } = momentsOf(all, 1);
    expect(events).toBe(MOST_MOMENTS + 10);
    expect(totalNs).toBe(((MOST_MOMENTS + 10) * (MOST_MOMENTS + 11)) / 2);
    expect(Math.min(...kept.map((one) => one.lateNs))).toBe(11);
    expect(kept.map((one) => one.monotonicNs)).toEqual(kept.map((one) => one.monotonicNs).toSorted());
  });

  it('survive as text', () => {
    const moments = momentsOf([moment(5, 7)], 1);
    const frame = computeFrame(before, after, {
      ...context,
      latencies: (tgid) => ({ ...context.latencies(tgid), moments }),
    });
    expect(decodeFrame(encodeFrame(frame)).targets[0]?.lateMoments).toEqual(moments);
  });
});

describe('a frame of version 1', () => {
  it('says that it has no late moments, affinities and changes', () => {
    const { changes: _, targets, ...frame } = computeFrame(before, after, context);
    const text = JSON.stringify({
      version: 1,
      ...frame,
      monotonicNs: '3',
      targets: targets.map(({ lateMoments: _, threads, ...target }) => ({
        ...target,
        startTicks: '1',
        threads: threads.map(({ affinity: _, ...thread }) => thread),
      })),
    });
    const old = decodeFrame(text);
    expect(old.changes).toMatchObject({ missing: 'absent' });
    expect(old.targets[0]?.lateMoments).toMatchObject({ missing: 'absent' });
    expect(old.targets[0]?.threads[0]).toMatchObject({ runTimeNs: 1e9, affinity: { missing: 'absent' } });
  });
});
