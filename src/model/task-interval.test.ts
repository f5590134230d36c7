import { describe, expect, it } from 'vitest';
import { isMissing, missing } from '../base/missing.ts';
import { processInterval } from './task-interval.ts';
import { processReading, threadReading } from './testing/readings.ts';

describe('what a process did between two readings', () => {
  it('sums the differences of its threads, and takes all of what a new thread counts', () => {
    const before = processReading(7, [
      threadReading(7, 7, { runTimeNs: 900n, migrations: 40n, voluntarySwitches: 5n, runDelayNs: 3n }),
    ]);
    const after = processReading(7, [
      threadReading(7, 7, { runTimeNs: 1000n, migrations: 42n, voluntarySwitches: 8n, runDelayNs: 4n }),
      threadReading(7, 8, { runTimeNs: 50n, migrations: 3n, voluntarySwitches: 1n, startTicks: 120n }),
    ]);
    expect(processInterval(before, after)).toMatchObject({
      born: false,
      bornThreads: 1,
      endedThreads: 0,
      runTimeNs: 150,
      migrations: 5,
      voluntarySwitches: 4,
      runDelayNs: 1,
    });
  });

  it('takes a thread whose id came back for a new one', () => {
    const before = processReading(7, [
      threadReading(7, 7),
      threadReading(7, 8, { migrations: 900n, startTicks: 110n }),
    ]);
    const after = processReading(7, [
      threadReading(7, 7),
      threadReading(7, 8, { migrations: 10n, startTicks: 990n }),
    ]);
    expect(processInterval(before, after)).toMatchObject({ bornThreads: 1, endedThreads: 1, migrations: 10 });
  });

  // Seed mistake B6: a reused id must neither hide faults nor invent them.
  it('takes a process whose id came back for a new one', () => {
    const before = processReading(7, [threadReading(7, 7)], { minorFaults: 900_000n });
    const after = processReading(7, [threadReading(7, 7, { startTicks: 500n })], {
      minorFaults: 10n,
      startTicks: 500n,
    });
    expect(processInterval(before, after)).toMatchObject({ born: true, minorFaults: 10 });
  });

  it('falls back to the ticks of the group where ended threads ran too', () => {
    const before = processReading(7, [threadReading(7, 7, { runTimeNs: 0n }), threadReading(7, 8)]);
    const ticks = (userNs: bigint) =>
      processReading(7, [threadReading(7, 7, { runTimeNs: 5_000_000n })], { userNs });
    expect(processInterval(before, ticks(300_000_000n)).runTimeNs).toBe(300_000_000);
    // Within the blur of two ticks, the exact sum stands.
    expect(processInterval(before, ticks(20_000_000n)).runTimeNs).toBe(5_000_000);
  });

  it('says why a sum is unknown, and keeps the others', () => {
    const denied = missing('denied', '/proc/7/task/7/sched', 'EACCES');
    const reading = processReading(7, [threadReading(7, 7, { sched: denied, runTimeNs: 10n })]);
    const interval = processInterval(reading, reading);
    expect(interval.migrations).toEqual(denied);
    expect(interval.runTimeNs).toBe(0);
  });

  it('gives no number where a counter went back', () => {
    const before = processReading(7, [threadReading(7, 7, { migrations: 9n })]);
    const after = processReading(7, [threadReading(7, 7, { migrations: 8n })]);
    expect(isMissing(processInterval(before, after).migrations)).toBe(true);
  });
});
