import { describe, expect, it } from 'vitest';
import { comesInBytes, parseMappingName, priceLock } from './lock-price.ts';
import { mappingOf, PAGE } from './testing/mappings.ts';

const ALL = { future: false, onFault: false, only: null, force: false };
const HEAP = mappingOf({ address: 0x100000, path: '[heap]', residentBytes: PAGE, swapBytes: PAGE });
const LIBC = mappingOf({ address: 0x200000, path: '/lib/libc.so.6', inode: 7n, residentBytes: 4 * PAGE });
const GUARD = mappingOf({ address: 0x300000, readable: false, writable: false, residentBytes: 0 });
const DEVICE = mappingOf({ address: 0x400000, path: '/dev/dri/card0', isUnlockable: true });
const LOCKED = mappingOf({ address: 0x500000, isLocked: true });
const MAPPINGS = [HEAP, LIBC, GUARD, DEVICE, LOCKED];

describe('priceLock', () => {
  it('counts what is there, what is in swap and what was never touched, and leaves out what cannot be', () => {
    expect(priceLock(MAPPINGS, ALL, PAGE)).toMatchObject({
      lockedBytes: 4 * PAGE,
      addedBytes: 8 * PAGE,
      residentBytes: 5 * PAGE,
      swapBytes: PAGE,
      untouchedBytes: 2 * PAGE,
      reservedBytes: 4 * PAGE,
      unlockable: 1,
      files: 1,
    });
  });

  it('leaves out what V8 may give back, unless forced', () => {
    const node = mappingOf({ address: 0x600000, path: '/usr/bin/node', inode: 8n, executable: true });
    const young = mappingOf({ address: 0x700000 });
    const cage = mappingOf({ address: 0x800000, readable: false, writable: false });
    const all = [HEAP, node, young, cage];
    expect(priceLock(all, ALL, PAGE)).toMatchObject({
      addedBytes: 8 * PAGE,
      v8Bytes: 4 * PAGE,
      reservedBytes: 0,
      unlockable: 0,
    });
    expect(priceLock(all, { ...ALL, force: true }, PAGE)).toMatchObject({
      addedBytes: 12 * PAGE,
      v8Bytes: 4 * PAGE,
      reservedBytes: 4 * PAGE,
    });
    expect(priceLock([HEAP, young], ALL, PAGE)).toMatchObject({ addedBytes: 8 * PAGE, v8Bytes: 0 });
  });

  it('keeps what is locked in what is set', () => {
    const { before, set } = priceLock(MAPPINGS, ALL, PAGE);
    expect(before.ranges).toEqual(
      [LOCKED].map(({ address, bytes }) => expect.objectContaining({ address, bytes })),
    );
    expect(set.ranges.map(({ address }) => address)).toContain(LOCKED.address);
    expect(set.ranges.map(({ address }) => address)).not.toContain(DEVICE.address);
  });

  it('brings nothing in on fault, and takes reserved memory along where the future counts', () => {
    const price = priceLock(MAPPINGS, { ...ALL, onFault: true, future: true }, PAGE);
    expect(comesInBytes(price, true)).toBe(0);
    expect(price.set.future).toBe('onfault');
    expect(price.set.onFault.map(({ address }) => address)).toEqual([
      HEAP.address,
      LIBC.address,
      GUARD.address,
    ]);
    expect(price.reservedBytes).toBe(0);
  });

  it.each([
    [{ name: 'heap' }, 4 * PAGE],
    [{ name: 'libc.so.6' }, 4 * PAGE],
    [{ name: 'c.so.6' }, 0],
    [{ range: { address: HEAP.address + PAGE + 5, bytes: 10 } }, PAGE],
    [{ range: { address: 0x900000, bytes: PAGE } }, 0],
  ])('takes %j as so many bytes', (only, bytes) => {
    expect(priceLock(MAPPINGS, { ...ALL, only: [only] }, PAGE).addedBytes).toBe(bytes);
  });
});

describe('parseMappingName', () => {
  it.each([
    ['7f00-7f10', { range: { address: 0x7f00, bytes: 0x10 } }],
    ['0x7F00-0x7f10', { range: { address: 0x7f00, bytes: 0x10 } }],
    ['7f10-7f00', null],
    ['', null],
    ['heap', { name: 'heap' }],
    ['a-b.pak', { name: 'a-b.pak' }],
  ])('reads %s', (text, expected) => {
    expect(parseMappingName(text)).toEqual(expected);
  });
});
