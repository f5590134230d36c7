import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Baselines, parseBaselines } from './baselines.ts';

const HOUR_NS = 3600e9;

describe('what is usual, kept in a file', () => {
  it('is the same after it was read again, and goes on fading', () => {
    const steps = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 40 })),
    );
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const first = new Baselines();
        for (const [value, hours] of before) first.of('a').add(value, hours * HOUR_NS);
        const second = new Baselines();
        second.restore(parseBaselines(JSON.parse(JSON.stringify({ baselines: first.saved() }))) ?? []);
        for (const one of [first, second])
          for (const [value, hours] of after) one.of('a').add(value, hours * HOUR_NS);
        expect(second.of('a').learnedNs).toBe(first.of('a').learnedNs);
        expect(second.of('a').usual()).toBe(first.of('a').usual());
      }),
    );
  });

  it('has a bound, and keeps those asked for last', () => {
    const all = new Baselines();
    for (let i = 0; i < 1500; i += 1) all.of(`${i}`).add(i, 1e9);
    const saved = all.saved();
    expect(saved.map(({ group }) => group)).toEqual(Array.from({ length: 1000 }, (_, i) => `${i + 500}`));
    const restored = new Baselines();
    restored.restore([...saved, ...saved.map((one) => ({ ...one, group: `${one.group} too` }))]);
    expect(restored.saved()).toHaveLength(1000);
  });

  it.each([
    null,
    [],
    { baselines: null },
    { baselines: [null] },
    { baselines: [{ group: 1, learnedNs: 1, weights: [] }] },
    { baselines: [{ group: 'a', learnedNs: -1, weights: [] }] },
    { baselines: [{ group: 'a', learnedNs: 1, weights: [[160, 1]] }] },
    { baselines: [{ group: 'a', learnedNs: 1, weights: [[0.5, 1]] }] },
    { baselines: [{ group: 'a', learnedNs: 1, weights: [[0, 'x']] }] },
  ])('is not taken from %j', (content) => {
    expect(parseBaselines(content ?? {})).toBeNull();
  });
});
