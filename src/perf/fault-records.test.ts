import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import type { ServedFault } from './consumers/fault-pairing.ts';
import { FaultRecordDecoder } from './fault-records.ts';
import { ServedFaults } from './served-faults.ts';
import { faultRecord, padding, SHAPE, type WrittenFault, wordsOf } from './testing/fault-record-bytes.ts';
import { TimeBase } from './time-base.ts';

/** Beyond 2^53: what a number would round. */
const BASE_NS = 9_007_199_254_740_993_000n;
const decoder = new FaultRecordDecoder(SHAPE, new TimeBase(BASE_NS));

function decode(words: Uint32Array): ServedFault[] {
  const faults = new ServedFaults();
  decoder.decode(words, faults);
  return Array.from({ length: faults.length }, (_, row) => faults.fault(row));
}

const COLD_READ: WrittenFault = {
  kind: 'major',
  cpu: 3,
  sinceNs: BASE_NS + 1_001n,
  latencyNs: 5_000_000_007n,
  address: 0x7fff_1234_5678n,
  ip: 0x40_1000n,
  tid: 11,
  tgid: 10,
  errorCode: 0x3_0004,
  sleeps: 2,
  pageUnits: 1,
  physicalMebibyte: 70_000,
  callers: [],
};

const user = fc.bigInt({ min: 0n, max: 2n ** 47n - 1n });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const fault = fc.record<WrittenFault>({
  kind: fc.constantFrom('minor', 'major'),
  cpu: u32,
  sinceNs: fc.bigInt({ min: 0n, max: 2n ** 50n }).map((ns) => BASE_NS + ns),
  latencyNs: fc.bigInt({ min: 0n, max: 2n ** 50n }),
  address: user,
  ip: user,
  tid: u32,
  tgid: u32,
  errorCode: u32,
  sleeps: fc.nat(2),
  pageUnits: fc.constantFrom(0, 1, 2 ** 9, 2 ** 22),
  physicalMebibyte: u32,
  callers: fc.array(user, { maxLength: 127 }),
});

describe('records of faults', () => {
  it('are faults that need no partner', () => {
    expect(decode(wordsOf([faultRecord(COLD_READ)]))).toEqual([
      {
        kind: 'major',
        tgid: 10,
        tid: 11,
        cpu: 3,
        timeNs: 1_001,
        latencyNs: 5_000_000_007,
        sleptNs: 5_000_000_007,
        preemptedNs: 0,
        address: 0x7fff_1234_5678,
        ip: 0x40_1000,
        kernelIp: null,
        pageBytes: 4096,
        physicalMebibyte: 70_000,
        callchain: null,
        errorCode: 4,
        signs: 3,
      },
    ]);
  });

  it('tell an instruction of the kernel apart, and a page of unknown size', () => {
    const inKernel = {
      ...COLD_READ,
      ip: 0xffff_ffff_8100_1234n,
      pageUnits: 0,
      physicalMebibyte: 0,
      sleeps: 0,
    };
    expect(decode(wordsOf([faultRecord(inKernel)]))[0]).toMatchObject({
      ip: null,
      kernelIp: Number(BigInt.asIntN(64, 0xffff_ffff_8100_1234n)),
      pageBytes: null,
      physicalMebibyte: null,
      sleptNs: 0,
    });
  });

  it('took no time where the clock of the end was behind that of the beginning', () => {
    expect(decode(wordsOf([faultRecord({ ...COLD_READ, latencyNs: -3n })]))[0]?.latencyNs).toBe(0);
  });

  it('are all there, whatever they hold, with padding between them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fault, fc.nat(40)), { maxLength: 20 }), (list) => {
        const bytes = list.flatMap(([one, pad]) => [faultRecord(one), padding(8 + pad * 8)]);
        expect(
          decode(wordsOf(bytes)).map((one) => [one.address, one.latencyNs, one.callchain?.user ?? []]),
        ).toEqual(list.map(([one]) => [Number(one.address), Number(one.latencyNs), one.callers.map(Number)]));
      }),
    );
  });

  it('are refused where they cannot be, and never run past their end', () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 200 }), (words) => {
        try {
          decode(words);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
    const cut = wordsOf([faultRecord(COLD_READ)]).subarray(0, 14);
    expect(() => decode(cut)).toThrow(FormatError);
  });
});
