import { describe, expect, it } from 'vitest';
import type { MappingKind, Place } from './address-space.ts';
import { causeOf, type FaultFacts } from './cause.ts';

const place = (kind: MappingKind, executable = false): Place => ({
  kind,
  path: '/f',
  fileOffset: 0,
  executable,
});

const facts = (over: Partial<FaultFacts>): FaultFacts => ({
  kind: 'minor',
  place: place('anonymous'),
  pageBytes: 4096,
  basePageBytes: 4096,
  sleptNs: 0,
  errorCode: null,
  fetchesItself: false,
  ...over,
});

describe('causeOf', () => {
  it.each([
    ['file-read', { kind: 'major', place: place('file') }],
    ['swap-in', { kind: 'major' }],
    ['swap-in', { kind: 'major', place: place('shared-memory') }],
    ['read-ahead-wait', { place: place('file'), sleptNs: 3_000_000 }],
    ['blocked', { sleptNs: 90_000 }],
    ['huge-page', { pageBytes: 2 ** 21 }],
    ['huge-page', { pageBytes: 2 ** 21, sleptNs: 5 }],
    ['page-cache-map', { place: place('file'), pageBytes: 2 ** 21 }],
    ['first-touch', { errorCode: 0x6 }],
    ['copy-on-write', { errorCode: 0x7 }],
    ['copy-on-write', { errorCode: 0x7, place: place('file') }],
    ['zero-page', { errorCode: 0x4 }],
    ['stack-growth', { errorCode: 0x6, place: place('stack') }],
    ['stack-growth', { place: place('stack') }],
    ['instruction-fetch', { errorCode: 0x14, place: place('file', true) }],
    ['instruction-fetch', { fetchesItself: true, place: place('file', true) }],
    ['page-cache-map', { errorCode: 0x4, place: place('file') }],
    ['unknown', { place: place('unknown') }],
  ] as const)('says %s of %j', (cause, over) => {
    expect(causeOf(facts(over))).toBe(cause);
  });

  it('does not guess between first touch and copy without the error code', () => {
    expect(causeOf(facts({}))).toBe('first-touch-or-copy');
  });
});
