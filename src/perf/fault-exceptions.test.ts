import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { ErrorCodes, ExceptionDecoder, type ExceptionFormat, exceptionEvent } from './fault-exceptions.ts';
import { RingCursor } from './ring-cursor.ts';
import { pair, record, ringOf } from './testing/ring-bytes.ts';
import { TimeBase } from './time-base.ts';

const BASE_NS = 9_007_199_254_740_993_000n;
const formatWith = (address: number, code: number): ExceptionFormat => ({
  id: 190,
  fields: new Map([
    ['address', { offsetBytes: address, sizeBytes: 8 }],
    ['error_code', { offsetBytes: code, sizeBytes: 8 }],
  ]),
});

/** A sample whose raw data has the fields where the format says. */
function decode(format: ExceptionFormat, address: bigint, code: bigint, start: number) {
  const rawBytes = 36;
  const bytes = new Uint8Array(4 + rawBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, rawBytes, true);
  const at = (name: string) => 4 + (format.fields.get(name)?.offsetBytes ?? 0);
  view.setBigUint64(at('address'), address, true);
  view.setBigUint64(at('error_code'), code, true);
  const head = [7n, pair(10, 11), BASE_NS + 1_000n, pair(1, 0)];
  const ring = ringOf([record(9, [...head, ...new BigUint64Array(bytes.buffer)])], 256, start);
  const decoder = new ExceptionDecoder(format, new TimeBase(BASE_NS));
  const found: unknown[] = [];
  new RingCursor(ring.words).visit(start, ring.head, (one) => found.push(decoder.decode(one)));
  return found;
}

describe('the exception of a page fault', () => {
  it('is watched by the number that this kernel gives it', () => {
    expect(exceptionEvent(formatWith(8, 24), { inherit: true })).toMatchObject({
      source: { kind: 'tracepoint', id: 190 },
      period: 1,
      inherit: true,
    });
  });

  it.each([
    ['as on Linux 6.18', 8, 24],
    ['of a kernel with other common fields', 16, 28],
  ])('has its address and code where the format says: %s', (_, address, code) => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: (1n << 47n) - 1n }),
        fc.bigInt({ min: 0n, max: 31n }),
        // Wherever in the ring it lies, the end of the area too.
        fc.integer({ min: 0, max: 31 }),
        (where, bits, words) => {
          expect(decode(formatWith(address, code), where, bits, words * 8)).toEqual([
            { tid: 11, timeNs: 1000, address: Number(where), errorCode: Number(bits) },
          ]);
        },
      ),
    );
  });

  it('is refused where the event has no such fields', () => {
    const base = new TimeBase(BASE_NS);
    expect(() => new ExceptionDecoder({ id: 1, fields: new Map() }, base)).toThrow(FormatError);
    const narrow = new Map([
      ...formatWith(8, 24).fields,
      ['address', { offsetBytes: 8, sizeBytes: 4 }] as const,
    ]);
    expect(() => new ExceptionDecoder({ id: 1, fields: narrow }, base)).toThrow(/address of 8 bytes/);
  });
});

describe('error codes', () => {
  const exception = (tid: number, address: number, errorCode: number) => ({
    tid,
    timeNs: 0,
    address,
    errorCode,
  });

  it('go to the fault of the same thread and address, once', () => {
    const codes = new ErrorCodes();
    codes.add(exception(1, 0x1000, 6));
    codes.add(exception(2, 0x1000, 4));
    expect(codes.take(1, 0x1000)).toBe(6);
    expect(codes.take(1, 0x1000)).toBeNull();
    expect(codes.take(2, 0x1000)).toBe(4);
  });

  it('go to no other fault, where the exception between was lost', () => {
    const codes = new ErrorCodes();
    codes.add(exception(1, 0x1000, 6));
    expect(codes.take(1, 0x2000)).toBeNull();
    expect(codes.take(1, 0x1000)).toBeNull();
  });
});
