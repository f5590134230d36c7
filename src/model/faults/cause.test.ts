import { describe, expect, it } from 'vitest';
import { causeOf, type FaultFacts, SIGN } from './cause.ts';

const facts = (over: Partial<FaultFacts>): FaultFacts => ({
  kind: 'minor',
  mapping: 'anonymous',
  executable: false,
  shared: false,
  pageBytes: 4096,
  basePageBytes: 4096,
  sleptNs: 0,
  errorCode: null,
  signs: null,
  inKernel: false,
  wasTouched: () => false,
  fetchesItself: false,
  ...over,
});

describe('causeOf', () => {
  it.each([
    ['file-read', { kind: 'major', mapping: 'file' }],
    ['swap-in', { kind: 'major', sleptNs: 4_000_000 }],
    ['swap-in', { kind: 'major', mapping: 'shared-memory', sleptNs: 4_000_000 }],
    ['swap-in', { sleptNs: 4_000_000, signs: SIGN.swapped }],
    ['swap-in-compressed', { kind: 'major' }],
    ['swap-in-compressed', { kind: 'major', signs: SIGN.swapped, inKernel: true }],
    ['swap-cache', { errorCode: 0x6, signs: SIGN.swapped }],
    ['swap-cache', { errorCode: 0x6, signs: SIGN.swapped, mapping: 'file' }],
    ['userfaultfd', { sleptNs: 4_000_000, signs: SIGN.answered }],
    // Where the kernel had to begin again, it books a major fault (mm/memory.c, mm_account_fault).
    ['userfaultfd', { kind: 'major', sleptNs: 4_000_000, signs: SIGN.answered }],
    ['file-read', { kind: 'major', mapping: 'file', sleptNs: 4_000_000, signs: SIGN.answered }],
    ['numa-hint', { errorCode: 0x4, signs: SIGN.hinted }],
    ['numa-hint', { errorCode: 0x4, signs: SIGN.hinted, mapping: 'file' }],
    ['kernel-copy', { errorCode: 0x2, inKernel: true }],
    ['kernel-copy', { inKernel: true, mapping: 'file' }],
    ['file-read', { kind: 'major', mapping: 'file', inKernel: true }],
    ['huge-page', { pageBytes: 2 ** 21, inKernel: true }],
    ['touched-again', { errorCode: 0x6, signs: 0, wasTouched: (): boolean => true }],
    // Without signs, its page may have been swapped out in between.
    ['first-touch', { errorCode: 0x6, wasTouched: (): boolean => true }],
    ['copy-on-write', { errorCode: 0x7, signs: 0, wasTouched: (): boolean => true }],
    ['read-ahead-wait', { mapping: 'file', sleptNs: 3_000_000 }],
    ['blocked', { sleptNs: 90_000 }],
    ['huge-page', { pageBytes: 2 ** 21 }],
    ['huge-page', { pageBytes: 2 ** 21, sleptNs: 5 }],
    ['page-cache-map', { mapping: 'file', pageBytes: 2 ** 21 }],
    ['first-touch', { errorCode: 0x6 }],
    ['copy-on-write', { errorCode: 0x7 }],
    ['copy-on-write', { errorCode: 0x7, mapping: 'file' }],
    // mm/memory.c, do_cow_fault: a private page that was not read before is copied at once.
    ['copy-on-write', { errorCode: 0x6, mapping: 'file' }],
    // Written pages of shared mappings stay those of the file.
    ['page-cache-map', { errorCode: 0x7, mapping: 'file', shared: true }],
    ['zero-page', { errorCode: 0x4 }],
    ['stack-growth', { errorCode: 0x6, mapping: 'stack' }],
    ['stack-growth', { mapping: 'stack' }],
    ['instruction-fetch', { errorCode: 0x14, mapping: 'file', executable: true }],
    ['instruction-fetch', { fetchesItself: true, mapping: 'file', executable: true }],
    ['page-cache-map', { errorCode: 0x4, mapping: 'file' }],
    ['unknown', { mapping: 'unknown' }],
    ['instruction-fetch', { errorCode: 0x14, mapping: 'kernel', executable: true }],
    ['page-cache-map', { errorCode: 0x4, mapping: 'kernel' }],
  ] as const)('says %s of %j', (cause, over) => {
    expect(causeOf(facts(over))).toBe(cause);
  });

  it('does not guess between first touch and copy without the error code', () => {
    expect(causeOf(facts({}))).toBe('first-touch-or-copy');
  });
});
