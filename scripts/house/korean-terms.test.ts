/** One Korean word for one thing: docs/glossary.md says which. These are the other words that crept in. */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

const root = join(import.meta.dirname, '../../src');

const OTHER_WORDS: Readonly<Record<string, RegExp>> = {
  친화도: /어피니티|친화성|ko: '[^']*(?<![.\w])affinity\b/,
  '컨텍스트 스위치': /문맥 (?:교환|전환)/,
  'CPU 할당량': /쿼터/,
  '마이너 폴트, 메이저 폴트': /[대소] 폴트|폴트 [소대]|(?:minor|major) 폴트/,
  '페이지 폴트': /페이지 부재/,
};

it.each(Object.entries(OTHER_WORDS))('says %s, and no other word for it', (_, others) => {
  const found = sourceFiles(root).filter(({ text }) => others.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});
