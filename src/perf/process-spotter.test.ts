import { describe, expect, it } from 'vitest';
import { ProcessSpotter } from './process-spotter.ts';
import { sampleLayout } from './sample-layout.ts';
import { faultRecord, padding, SHAPE, wordsOf } from './testing/fault-record-bytes.ts';
import { pair, record, textFields } from './testing/ring-bytes.ts';
import { TimeBase } from './time-base.ts';

const BASE_NS = 1_000_000n;
const EXEC = 1 << 13;
const layout = sampleLayout(['ip', 'tid', 'time']);

/** With the trailer: TID, TIME, identifier. */
const comm = (tgid: number, misc: number, timeNs: bigint) =>
  record(3, [pair(tgid, tgid), ...textFields('new'), pair(tgid, tgid), BASE_NS + timeNs, 7n], misc);
const sample = (tgid: number) => record(9, [7n, 0x1000n, pair(tgid, tgid + 1), BASE_NS]);
const spotter = (everyProcess: boolean) => new ProcessSpotter(layout, new TimeBase(BASE_NS), everyProcess);

const fault = (tgid: number) =>
  faultRecord({
    ...{ kind: 'minor', cpu: 0, sinceNs: 0n, latencyNs: 0n, address: 0n, ip: 0n },
    ...{ tid: tgid, tgid, errorCode: 0, sleeps: 0, pageUnits: 0, physicalMebibyte: 0, callers: [1n, 2n] },
  });

describe('ProcessSpotter', () => {
  it('tells of processes that became another program, and when; not of those that only changed their name', () => {
    const spotted = spotter(false);
    spotted.lookAtRing(wordsOf([sample(5), comm(6, 0, 10n), comm(7, EXEC, 20n), sample(8)]));
    expect(spotted.take()).toEqual([{ tgid: 7, executedNs: 20 }]);
    expect(spotted.take()).toEqual([]);
  });

  it('tells of each process once, where all are wanted, from samples and from whole faults', () => {
    const spotted = spotter(true);
    spotted.lookAtRing(wordsOf([sample(5), sample(5), sample(6), sample(5)]));
    spotted.lookAtFaults(wordsOf([fault(6), padding(24), fault(9), fault(9)]), SHAPE);
    expect(spotted.take().map(({ tgid }) => tgid)).toEqual([5, 6, 9]);
  });

  it('does not look at faults where the targets are known', () => {
    const spotted = spotter(false);
    spotted.lookAtFaults(wordsOf([fault(6)]), SHAPE);
    expect(spotted.take()).toEqual([]);
  });
});
