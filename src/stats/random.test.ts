import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from './random.ts';

describe('SeededRandom', () => {
  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number) =>
      Array.from({ length: 8 }, new SeededRandom(seed).uint32.bind(new SeededRandom(seed)));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (list, seed) => {
        const shuffled = new SeededRandom(seed).shuffled(list);
        expect(shuffled.toSorted()).toEqual(list.toSorted());
      }),
    );
  });

  it('makes every order of three about as often (chi-square below the 0.1 % point of 5 degrees)', () => {
    const random = new SeededRandom(1);
    const seen = new Map<string, number>();
    for (let i = 0; i < 60_000; i += 1) {
      const order = random.shuffled(['a', 'b', 'c']).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    const chi = [...seen.values()].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi).toBeLessThan(20.5);
  });

  it('has fair bits at every place', () => {
    const random = new SeededRandom(2);
    const ones = new Array<number>(32).fill(0);
    for (let i = 0; i < 20_000; i += 1) {
      const drawn = random.uint32();
      for (let bit = 0; bit < 32; bit += 1) ones[bit] = (ones[bit] as number) + ((drawn >>> bit) & 1);
    }
    // Five standard deviations of 32 binomials.
    for (const count of ones) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(5000));
  });
});
