import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cells } from './look.ts';
import { wrap } from './wrap.ts';

it.each([
  ['one two three', 7, ['one two', 'three']],
  ['one\ntwo', 80, ['one', 'two']],
  ['unbreakable word', 5, ['unbreakable', 'word']],
  ['', 5, ['']],
  ['스레드가 늦은 이유', 13, ['스레드가 늦은', '이유']],
])('%j in %i columns', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

it('loses no word, and is too wide only for a word that is', () => {
  const words = fc.array(fc.stringMatching(/^[a-z틱서]{1,8}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 40 }), (all, width) => {
      const lines = wrap(all.join(' '), width);
      expect(lines.join(' ').split(' ')).toEqual(all);
      for (const line of lines) if (line.includes(' ')) expect(cells(line)).toBeLessThanOrEqual(width);
    }),
  );
});
