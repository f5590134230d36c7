import fc from 'fast-check';
import { expect, it } from 'vitest';
import { floatingWork, integerWork } from './work.ts';

it('is the same for the same seed, and goes on where it stood', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(50), fc.nat(50), (seed, a, b) => {
      expect(integerWork(b, integerWork(a, seed))).toBe(integerWork(a + b, seed));
      expect(floatingWork(b, floatingWork(a, seed))).toBe(floatingWork(a + b, seed));
    }),
  );
});

it('does not run into a value where a step changes nothing', () => {
  const seen = new Set(Array.from({ length: 1000 }, (_, i) => integerWork(i, 1)));
  expect(seen.size).toBe(1000);
  expect(floatingWork(1000, 1)).not.toBe(floatingWork(1001, 1));
});
