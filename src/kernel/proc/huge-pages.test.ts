import { expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { transparentHugePages } from './huge-pages.ts';

it.each([
  ['always [madvise] never\n', 'madvise'],
  ['[always] madvise never\n', 'always'],
  ['always defer [defer+madvise] madvise never\n', 'defer+madvise'],
])('reads %j', (text, word) => {
  expect(transparentHugePages.parse(text, NO_FACTS)).toBe(word);
});

it('refuses words of which none is chosen', () => {
  expect(() => transparentHugePages.parse('always madvise never\n', NO_FACTS)).toThrow(FormatError);
});
