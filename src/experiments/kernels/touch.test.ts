import { expect, it } from 'vitest';
import { touchOver } from './touch.ts';

const PAGE_BYTES = 65_536;

function fresh() {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
  return { touch: touchOver(memory), words: new Int32Array(memory.buffer) };
}

const placesOf = (words: Int32Array) => [...words.keys()].filter((at) => words[at] !== 0);

it('writes so many words, so far apart, and nothing else', () => {
  const { touch, words } = fresh();
  touch.write(4096, 4096, 3);
  expect(placesOf(words)).toEqual([1024, 2048, 3072]);
});

it('reads the words it wrote', () => {
  const { touch, words } = fresh();
  touch.write(64, 64, 5);
  const parity = [64, 128, 192, 256, 320].reduce((sum, value) => sum ^ value, 0);
  expect(touch.read(64, 64, 5)).toBe(parity);
  expect(placesOf(words)).toHaveLength(5);
});

it('scatters over all of the words and no others, as often as it should', () => {
  const { touch, words } = fresh();
  touch.scatter(PAGE_BYTES, 1000, 20_000, 12_345);
  const places = placesOf(words);
  expect(places).toHaveLength(1000);
  expect(places[0]).toBe(PAGE_BYTES / 4);
  expect(places.at(-1)).toBe(PAGE_BYTES / 4 + 999);
});

it('draws each word about as often: a quarter of as many draws as words leaves some 78 % alone', () => {
  const { touch, words } = fresh();
  touch.scatter(0, 16_384, 4096, 99);
  // The expected count of distinct ones of 4096 draws with repetition is 3,624, with a deviation of some 19.
  const distinct = placesOf(words).length;
  expect(distinct).toBeGreaterThan(3500);
  expect(distinct).toBeLessThan(3750);
});
