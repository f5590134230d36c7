import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultRecordDecoder } from './fault-records.ts';
import { ServedFaults } from './served-faults.ts';
import { faultRecord, SHAPE, type WrittenFault, wordsOf } from './testing/fault-record-bytes.ts';
import { TimeBase } from './time-base.ts';

const decoder = new FaultRecordDecoder(SHAPE, new TimeBase(0n));

const written = fc.record<WrittenFault>({
  kind: fc.constantFrom('minor', 'major'),
  cpu: fc.nat(7),
  sinceNs: fc.bigInt({ min: 0n, max: 100n }),
  latencyNs: fc.bigInt({ min: 0n, max: 50n }),
  address: fc.bigInt({ min: 0n, max: 2n ** 47n }),
  ip: fc.constantFrom(0x40_1000n, 0xffff_ffff_8100_1234n),
  tid: fc.nat(9),
  tgid: fc.nat(3),
  errorCode: fc.nat(20),
  sleeps: fc.nat(1),
  pageUnits: fc.nat(2),
  physicalMebibyte: fc.nat(9),
  callers: fc.array(fc.bigInt({ min: 1n, max: 2n ** 47n }), { maxLength: 5 }),
});

const all = (faults: ServedFaults) => Array.from({ length: faults.length }, (_, row) => faults.fault(row));

describe('faults that came whole', () => {
  it('are worked through by their end, those of the limit and before it; the others stay whole', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 30 }), fc.nat(150), (list, limitNs) => {
        const faults = new ServedFaults();
        for (const one of list) decoder.decode(wordsOf([faultRecord(one)]), faults);
        const before = all(faults);
        const endOf = (fault: (typeof before)[number]) => fault.timeNs + fault.latencyNs;
        const due = before.filter((fault) => endOf(fault) <= limitNs).sort((a, b) => endOf(a) - endOf(b));
        expect(faults.rowsUntil(limitNs).map((row) => faults.fault(row))).toEqual(due);
        faults.dropUntil(limitNs);
        expect(all(faults)).toEqual(before.filter((fault) => endOf(fault) > limitNs));
      }),
    );
  });

  it('grow with what comes, and keep what is there', () => {
    const one: WrittenFault = {
      ...{
        kind: 'minor',
        cpu: 0,
        sinceNs: 5n,
        latencyNs: 1n,
        ip: 1n,
        tid: 1,
        tgid: 1,
        errorCode: 0,
        sleeps: 0,
      },
      ...{ address: 4096n, pageUnits: 1, physicalMebibyte: 0, callers: [7n, 8n, 9n] },
    };
    const faults = new ServedFaults();
    const words = wordsOf(Array.from({ length: 100 }, () => faultRecord(one)));
    for (let i = 0; i < 100; i += 1) decoder.decode(words, faults);
    expect(faults.length).toBe(10_000);
    expect(faults.fault(0)).toEqual(faults.fault(9999));
    expect(faults.fault(9999).callchain).toEqual({ kernel: [], user: [7, 8, 9] });
  });

  it('have a chain: the callers, or the instruction alone', () => {
    const faults = new ServedFaults();
    const chain: number[] = [1, 2, 3];
    const base = {
      kind: 'minor',
      cpu: 0,
      sinceNs: 5n,
      latencyNs: 1n,
      tid: 1,
      tgid: 1,
      errorCode: 0,
    } as const;
    const more = { sleeps: 0, address: 4096n, pageUnits: 1, physicalMebibyte: 0 };
    const records = [
      { ...base, ...more, ip: 77n, callers: [5n, 6n] },
      { ...base, ...more, ip: 77n, callers: [] },
      { ...base, ...more, ip: 0xffff_ffff_8100_1234n, callers: [] },
    ];
    decoder.decode(wordsOf(records.map(faultRecord)), faults);
    const chains = records.map((_, row) => {
      faults.chainInto(chain, row);
      return [...chain];
    });
    expect(chains).toEqual([[5, 6], [77], []]);
  });
});
