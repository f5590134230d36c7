import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSpace, mappingKind, type SpaceMapping } from './address-space.ts';

const mapping = (address: number, bytes: number, path: string): SpaceMapping => ({
  address,
  bytes,
  offset: 0,
  executable: false,
  shared: false,
  path,
  file: null,
});

describe('AddressSpace', () => {
  it('answers the newest mapping of every address, whatever the order and the overlaps', () => {
    const placed = fc.array(fc.record({ address: fc.nat(60), bytes: fc.nat(20) }), { maxLength: 25 });
    fc.assert(
      fc.property(placed, (list) => {
        const space = new AddressSpace();
        const truth = new Map<number, string>();
        list.forEach(({ address, bytes }, i) => {
          space.map(mapping(address, bytes, `/f${i}`));
          for (let at = address; at < address + bytes; at += 1) truth.set(at, `/f${i}:${at - address}`);
        });
        for (let at = 0; at < 90; at += 1) {
          const place = space.place(at);
          const answer = place.kind === 'unknown' ? undefined : `${place.path}:${place.fileOffset}`;
          expect(answer).toBe(truth.get(at));
        }
      }),
    );
  });

  it('forgets all at exec, and a copy does not follow its original', () => {
    const space = new AddressSpace([mapping(0, 10, '/a')]);
    const child = space.copy();
    space.clear();
    expect([space.place(5).kind, child.place(5).path]).toEqual(['unknown', '/a']);
  });

  it.each([
    ['[heap]', 'heap'],
    ['[stack]', 'stack'],
    ['[stack:12]', 'stack'],
    ['[vdso]', 'kernel'],
    ['', 'anonymous'],
    ['//anon', 'anonymous'],
    ['[anon:v8]', 'anonymous'],
    ['/dev/shm/x', 'shared-memory'],
    ['/memfd:ring (deleted)', 'shared-memory'],
    ['/srv/a [heap]', 'file'],
  ] as const)('calls %j %s', (path, kind) => {
    expect(mappingKind({ path, shared: false })).toBe(kind);
  });
});
