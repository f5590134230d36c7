import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PageSet } from './page-set.ts';

describe('PageSet', () => {
  it('counts each page of each process once', () => {
    const address = fc.oneof(
      fc.nat(2 ** 25),
      fc.nat(2 ** 47),
      fc.nat(2 ** 56 / 8).map((high) => high * 8),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 2, 4_194_303), address), { maxLength: 80 }),
        (list) => {
          const pages = new PageSet();
          for (const [tgid, at] of list) pages.add(tgid, at);
          expect(pages.size).toBe(new Set(list.map(([tgid, at]) => `${tgid} ${Math.floor(at / 4096)}`)).size);
        },
      ),
    );
  });

  it('estimates the pages of regions beyond its bound, and goes on counting those within', () => {
    const pages = new PageSet(4);
    const dense = 4 * 4096;
    const sparse = 300_000;
    for (let round = 0; round < 2; round += 1) {
      for (let page = 0; page < dense; page += 1) pages.add(1, page * 4096);
      for (let page = 0; page < sparse; page += 1) pages.add(2, 2 ** 40 + page * 2 ** 20);
    }
    // Four standard errors of the part that is estimated.
    expect(Math.abs(pages.size - dense - sparse)).toBeLessThan(sparse * 0.033);
  });
});
