import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThreadTable } from './threads.ts';

describe('ThreadTable', () => {
  it('has a number for each pair of process and thread, however they alternate', () => {
    const id = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(257, 513, 4_194_303));
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id)), (pairs) => {
        const table = new ThreadTable();
        for (const [tgid, tid] of pairs) expect(table.threads[table.idOf(tgid, tid)]).toEqual({ tgid, tid });
        expect(table.threads.length).toBe(new Set(pairs.map(String)).size + 1);
      }),
    );
  });
});
