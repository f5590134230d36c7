import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSpace, fileOffsetAt, type SpaceMapping } from './address-space.ts';
import { PlaceTable } from './places.ts';

const places = new PlaceTable();
const mapping = (address: number, bytes: number, path: string): SpaceMapping => ({
  address,
  bytes,
  offset: 0,
  executable: false,
  shared: false,
  place: places.ofMapping({ path, shared: false }),
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
          // What was found before does not stand in the way of what is mapped next.
          space.find(address);
          for (let at = address; at < address + bytes; at += 1) truth.set(at, `/f${i}:${at - address}`);
        });
        for (let at = 0; at < 90; at += 1) {
          const found = space.find(at);
          expect(found === null ? undefined : `${found.place.path}:${fileOffsetAt(found, at)}`).toBe(
            truth.get(at),
          );
        }
      }),
    );
  });

  it('forgets all at exec, and a copy does not follow its original', () => {
    const space = new AddressSpace([mapping(0, 10, '/a')]);
    const child = space.copy();
    space.clear();
    expect([space.find(5), child.find(5)?.place.path]).toEqual([null, '/a']);
  });
});
