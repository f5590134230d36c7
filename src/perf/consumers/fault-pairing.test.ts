import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultDecoder, type FaultRole, type FaultSample, type FaultSampling } from '../fault-samples.ts';
import { RingCursor } from '../ring-cursor.ts';
import { pair, record, ringOf } from '../testing/ring-bytes.ts';
import { TimeBase } from '../time-base.ts';
import { TimeMerge } from '../time-merge.ts';
import { FaultPairing } from './fault-pairing.ts';

const BASE_NS = 9_007_199_254_740_993_000n; // beyond 2^53: a plain number would lose nanoseconds
const sampling: FaultSampling = {
  callchains: true,
  pages: true,
  pagePlaces: false,
  excludeKernel: false,
  inherit: true,
  enableOnExec: false,
};

function sampleOf(role: FaultRole, fields: readonly bigint[]): FaultSample {
  const { words, head } = ringOf([record(9, fields)], 256, 200);
  const decoder = new FaultDecoder(role, sampling, new TimeBase(BASE_NS));
  let decoded: FaultSample | undefined;
  new RingCursor(words).visit(200, head, (one) => {
    decoded = decoder.decode(one);
  });
  if (decoded === undefined) throw new Error('no record');
  return decoded;
}

const common = (timeNs: bigint, cpu: number) => [
  7n,
  0x40_1000n,
  pair(10, 11),
  BASE_NS + timeNs,
  0x7f00_1000n,
  pair(cpu, 0),
];

describe('fault samples', () => {
  it('decodes an entry with its callchain', () => {
    const kernelMark = -128n;
    const userMark = -512n;
    const chain = [4n, kernelMark, 0xffff_ffff_8100_0000n, userMark, 0x40_1000n];
    const entry = sampleOf('entry', [...common(1_000n, 3), ...chain]);
    expect(entry).toMatchObject({
      role: 'entry',
      tgid: 10,
      tid: 11,
      cpu: 3,
      timeNs: 1_000,
      address: 0x7f00_1000,
    });
    expect(entry.ip).toBe(0x40_1000);
    expect(entry.callchain).toEqual({ kernel: [0xffff_ffff_8100_0000n], user: [0x40_1000] });
  });

  it('keeps an instruction of the kernel exactly', () => {
    const [identifier, , ...rest] = common(1_000n, 3) as [bigint, bigint, ...bigint[]];
    const entry = sampleOf('entry', [identifier, 0xffff_ffff_8123_4567n, ...rest, 0n]);
    expect(entry).toMatchObject({ ip: null, kernelIp: 0x8123_4567 - 0x1_0000_0000 });
  });

  it('decodes a completion with its page; zero means not shown', () => {
    expect(sampleOf('minor', [...common(3_500n, 1), 0x20_0000n])).toMatchObject({
      pageBytes: 0x20_0000,
      timeNs: 3_500,
    });
    expect(sampleOf('major', [...common(3_500n, 1), 0n])).toMatchObject({ pageBytes: null });
  });
});

const bare = (role: FaultRole, tid: number, timeNs: number, address = 4096): FaultSample => ({
  role,
  tgid: 1,
  tid,
  cpu: 0,
  timeNs,
  address,
  ip: null,
  kernelIp: null,
  pageBytes: null,
  physicalMebibyte: null,
  callchain: null,
  errorCode: null,
  signs: null,
  slept: null,
});

describe('FaultPairing', () => {
  it('gives the latency of a fault that ended on another CPU', () => {
    const pairing = new FaultPairing();
    expect(pairing.add({ ...bare('entry', 5, 100), cpu: 2 })).toBeNull();
    expect(pairing.add({ ...bare('major', 5, 5_000_100), cpu: 0 })).toMatchObject({
      kind: 'major',
      cpu: 2,
      timeNs: 100,
      latencyNs: 5_000_000,
    });
  });

  it('tells sleeping from being preempted, by the switches inside the fault', () => {
    const pairing = new FaultPairing();
    const switched = (timeNs: number, out: boolean, preempted = false) =>
      pairing.addSwitch({ kind: 'switch', tid: 5, out, preempted, timeNs });
    switched(50, true);
    switched(90, false);
    pairing.add(bare('entry', 5, 100));
    switched(110, true);
    switched(400, false);
    switched(450, true, true);
    switched(470, false);
    expect(pairing.add(bare('minor', 5, 500))).toMatchObject({
      latencyNs: 400,
      sleptNs: 290,
      preemptedNs: 20,
    });
  });

  it('names what does not pair instead of guessing', () => {
    const pairing = new FaultPairing();
    pairing.add(bare('entry', 1, 10)); // ends in a signal
    pairing.add(bare('entry', 1, 20, 8192));
    expect(pairing.add(bare('minor', 1, 30, 12288))).toBeNull();
    expect(pairing.add(bare('minor', 2, 40))).toBeNull();
    expect(pairing.totals).toEqual({
      entries: 2,
      minor: 2,
      major: 0,
      unservedEntries: 1,
      orphanCompletions: 1,
      addressMismatches: 1,
    });
  });

  it('pairs every fault of interleaved threads, in whatever order rings deliver them', () => {
    const faults = fc.array(
      fc.record({
        tid: fc.integer({ min: 1, max: 4 }),
        ring: fc.nat(2),
        took: fc.integer({ min: 1, max: 50 }),
      }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(faults, (list) => {
        const clock = new Map<number, number>();
        const rings: FaultSample[][] = [[], [], []];
        for (const { tid, ring, took } of list) {
          const begin = (clock.get(tid) ?? tid) + 1;
          clock.set(tid, begin + took);
          rings[ring]?.push(bare('entry', tid, begin));
          rings[(ring + took) % 3]?.push(bare('minor', tid, begin + took));
        }
        const merge = new TimeMerge<FaultSample>((sample) => sample.timeNs);
        for (const sample of rings.flat()) merge.push(sample);
        const pairing = new FaultPairing();
        const served = merge
          .takeUntil(Number.POSITIVE_INFINITY)
          .flatMap((sample) => pairing.add(sample) ?? []);
        const sum = (latencies: number[]) => latencies.reduce((all, one) => all + one, 0);
        expect(served).toHaveLength(list.length);
        expect(sum(served.map((fault) => fault.latencyNs))).toBe(sum(list.map((fault) => fault.took)));
        expect(pairing.totals.unservedEntries + pairing.totals.orphanCompletions).toBe(0);
      }),
    );
  });
});

describe('TimeMerge', () => {
  it('holds what is newer than the limit, so that a late ring can still come before it', () => {
    const merge = new TimeMerge<FaultSample>((sample) => sample.timeNs);
    merge.push(bare('minor', 1, 30));
    expect(merge.takeUntil(20)).toEqual([]);
    merge.push(bare('entry', 1, 10));
    expect(merge.takeUntil(30).map((sample) => sample.timeNs)).toEqual([10, 30]);
    expect(merge.size).toBe(0);
  });
});
