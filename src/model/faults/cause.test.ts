import { describe, expect, it } from 'vitest';
import { causeOf, type FaultFacts } from './cause.ts';

const facts = (over: Partial<FaultFacts>): FaultFacts => ({
  kind: 'minor',
  mapping: 'anonymous',
  executable: false,
  pageBytes: 4096,
  basePageBytes: 4096,
  sleptNs: 0,
  errorCode: null,
  fetchesItself: false,
  ...over,
});

describe('causeOf', () => {
  it.each([
    ['file-read', { kind: 'major', mapping: 'file' }],
    ['swap-in', { kind: 'major' }],
    ['swap-in', { kind: 'major', mapping: 'shared-memory' }],
    ['read-ahead-wait', { mapping: 'file', sleptNs: 3_000_000 }],
    ['blocked', { sleptNs: 90_000 }],
    ['huge-page', { pageBytes: 2 ** 21 }],
    ['huge-page', { pageBytes: 2 ** 21, sleptNs: 5 }],
    ['page-cache-map', { mapping: 'file', pageBytes: 2 ** 21 }],
    ['first-touch', { errorCode: 0x6 }],
    ['copy-on-write', { errorCode: 0x7 }],
    ['copy-on-write', { errorCode: 0x7, mapping: 'file' }],
    ['zero-page', { errorCode: 0x4 }],
    ['stack-growth', { errorCode: 0x6, mapping: 'stack' }],
    ['stack-growth', { mapping: 'stack' }],
    ['instruction-fetch', { errorCode: 0x14, mapping: 'file', executable: true }],
    ['instruction-fetch', { fetchesItself: true, mapping: 'file', executable: true }],
    ['page-cache-map', { errorCode: 0x4, mapping: 'file' }],
    ['unknown', { mapping: 'unknown' }],
  ] as const)('says %s of %j', (cause, over) => {
    expect(causeOf(facts(over))).toBe(cause);
  });

  it('does not guess between first touch and copy without the error code', () => {
    expect(causeOf(facts({}))).toBe('first-touch-or-copy');
  });
});
