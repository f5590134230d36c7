import { describe, expect, it } from 'vitest';
import { mappingKind, NOWHERE, PlaceTable } from './places.ts';

describe('mappingKind', () => {
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

describe('PlaceTable', () => {
  it('has each place once, and all memory without a name is one', () => {
    const table = new PlaceTable();
    const of = (path: string) => table.ofMapping({ path, shared: false });
    expect(of('/srv/a')).toBe(of('/srv/a'));
    expect(of('[anon:v8]')).toBe(of('//anon'));
    expect(of('/srv/a').id).not.toBe(of('/srv/b').id);
    expect(table.placeOf('unknown', '')).toBe(NOWHERE);
    for (const place of table.places) expect(table.places[place.id]).toBe(place);
  });

  it('counts what is beyond its bound with what has no place, and still names it', () => {
    const table = new PlaceTable();
    for (let i = 0; i < 100_000; i += 1) table.placeOf('file', `/tmp/${i}`);
    const size = table.places.length;
    expect(table.placeOf('file', '/tmp/last')).toEqual({ id: NOWHERE.id, kind: 'file', path: '/tmp/last' });
    expect(table.places.length).toBe(size);
    expect(table.placeOf('file', '/tmp/7').id).toBe(8);
  });
});
