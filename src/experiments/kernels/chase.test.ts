import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chase, LINE_BYTES, layPath } from './chase.ts';

it('visits every line once before it comes back, whatever the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.integer(), (blocks, seed) => {
      const lines = blocks * 8;
      const words = new Int32Array((lines * LINE_BYTES) / 4);
      layPath(words, lines * LINE_BYTES, seed);
      const seen = new Set<number>();
      for (let at = 0; !seen.has(at); at = words[at] as number) seen.add(at);
      expect(seen.size).toBe(lines);
      expect(chase(words, 0, lines)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

it('goes on where it stood', () => {
  const words = new Int32Array(1024 * 16);
  layPath(words, 1024 * LINE_BYTES, 7);
  expect(chase(words, chase(words, 0, 8), 16)).toBe(chase(words, 0, 24));
});

it('lays different paths for different seeds', () => {
  const paths = [1, 2].map((seed) => {
    const words = new Int32Array(1024 * 16);
    layPath(words, 1024 * LINE_BYTES, seed * 1000);
    return words.join();
  });
  expect(paths[0]).not.toBe(paths[1]);
});
