import { expect, it } from 'vitest';
import { FaultPairing } from './consumers/fault-pairing.ts';
import { BeginningDecoder } from './fault-beginnings.ts';
import type { FaultSample, FaultSampling } from './fault-samples.ts';
import { RingCursor } from './ring-cursor.ts';
import { pair, record, ringOf } from './testing/ring-bytes.ts';
import { TimeBase } from './time-base.ts';

const BASE_NS = 9_007_199_254_740_993_000n;
const OFFSETS = { sinceNs: 0, address: 8, errorCode: 16, sleeps: 24, signs: 32, cpu: 40, major: 48 };
const sampling: FaultSampling = {
  callchains: true,
  pages: true,
  pagePlaces: false,
  excludeKernel: false,
  inherit: true,
  enableOnExec: false,
};

/** Raw data is preceded by its length in 32 bits, so its fields of 64 bits lie across those of the record. */
function raw(fields: readonly bigint[]): bigint[] {
  const bytes = new Uint8Array(8 * (fields.length + 1));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, fields.length * 8 + 4, true);
  fields.forEach((field, i) => {
    view.setBigUint64(4 + i * 8, BigInt.asUintN(64, field), true);
  });
  return [...new BigUint64Array(bytes.buffer)];
}

/** Written on CPU 3 at 9000 ns; the fault began on CPU 1 at 1000 ns. */
function decode(errorCode: bigint, sleeps: bigint, signs = 0n, major = 0n) {
  const head = [7n, 0x40_1000n, pair(10, 11), BASE_NS + 9_000n, 0n, pair(3, 0)];
  const chain = [2n, -512n, 0x40_1000n];
  const beginning = [BASE_NS + 1_000n, 0x7fff_1234_5678n, errorCode, sleeps, signs, 1n, major];
  const fields = [...head, ...chain, ...raw(beginning)];
  // The record lies across the end of the ring.
  const ring = ringOf([record(9, fields)], 256, 200);
  const decoder = new BeginningDecoder(sampling, new TimeBase(BASE_NS), OFFSETS);
  let sample: FaultSample | undefined;
  new RingCursor(ring.words).visit(200, ring.head, (one) => {
    sample = decoder.decode(one);
  });
  return { ...(sample as FaultSample), roleBehind: decoder.roleBehind({ cpu: 3, tid: 11 }), decoder };
}

it('is the sample of the entry, though it was written at the completion', () => {
  expect(decode(6n, 0n)).toMatchObject({
    role: 'entry',
    tgid: 10,
    tid: 11,
    cpu: 1,
    timeNs: 1_000,
    address: 0x7fff_1234_5678,
    ip: 0x40_1000,
    callchain: { kernel: [], user: [0x40_1000] },
    errorCode: 6,
    slept: false,
    signs: 0,
  });
});

it('tells the signs of what happened in between', () => {
  expect(decode(6n, 1n, 5n)).toMatchObject({ slept: true, signs: 5 });
});

it('has no error code where the architecture has none', () => {
  expect(decode(2n ** 64n - 1n, 0n).errorCode).toBe(null);
});

it('tells what the sample right behind it is, even where that has the id of another observer', () => {
  expect(decode(6n, 0n).roleBehind).toBe('minor');
  const { decoder, roleBehind } = decode(6n, 0n, 0n, 1n);
  expect(roleBehind).toBe('major');
  expect(decoder.roleBehind({ cpu: 3, tid: 12 })).toBe(null);
  expect(decoder.roleBehind({ cpu: 1, tid: 11 })).toBe(null);
});

it('pairs with its completion; a fault that slept slept all the time as far as is known', () => {
  const completion = {
    ...decode(4n, 0n),
    role: 'major' as const,
    timeNs: 9_001,
    errorCode: null,
    slept: null,
  };
  const pairing = new FaultPairing();
  expect(pairing.add(decode(4n, 2n))).toBe(null);
  expect(pairing.add(completion)).toMatchObject({ latencyNs: 8_001, sleptNs: 8_001, errorCode: 4, cpu: 1 });
  pairing.add(decode(4n, 0n));
  expect(pairing.add(completion)).toMatchObject({ latencyNs: 8_001, sleptNs: 0 });
});
