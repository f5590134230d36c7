import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typedWords } from '../../base/typed-words.ts';
import { escapeWord, keptLength } from './shell-words.ts';

describe('typedWords', () => {
  it.each([
    ['keel', ['keel'], null],
    ['keel ', ['keel', ''], null],
    ['keel  check  ar', ['keel', 'check', 'ar'], null],
    ['keel check game\\ srv', ['keel', 'check', 'game srv'], null],
    ["keel check 'game s", ['keel', 'check', 'game s'], "'"],
    ['keel check "a\\"b', ['keel', 'check', 'a"b'], '"'],
    ["keel check '' x", ['keel', 'check', '', 'x'], null],
    ['keel check $(touch x)', ['keel', 'check', '$(touch', 'x)'], null],
    ['keel \\', ['keel', '\\'], null],
  ])('%j', (text, words, openQuote) => {
    expect(typedWords(text)).toEqual({ words, openQuote });
  });

  it('reads back what escapeWord wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), (words) => {
        const line = ['keel', ...words.map(escapeWord)].join(' ');
        expect(typedWords(line)).toEqual({ words: ['keel', ...words], openQuote: null });
      }),
    );
  });
});

describe('escapeWord', () => {
  it.each([
    ['0-3,llc:0', '0-3,llc:0'],
    ['game srv', 'game\\ srv'],
    ['$(touch x)', '\\$\\(touch\\ x\\)'],
    ['a`b`"c"', 'a\\`b\\`\\"c\\"'],
    ['게임', '게임'],
  ])('%j', (word, expected) => {
    expect(escapeWord(word)).toBe(expected);
  });

  const noShell = spawnSync('sh', ['-c', 'exit 0']).status !== 0;
  it.skipIf(noShell)('is what a shell takes for the word itself (skipped without sh)', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ab$`\\"\'(){}[]<>|&;*?!~# =:%^,게'), minLength: 1 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${words.map(escapeWord).join(' ')}`]);
        expect(stdout.toString()).toBe(words.map((one) => `${one}\n`).join(''));
      }),
      { numRuns: 20 },
    );
  });
});

describe('keptLength', () => {
  it.each([
    ['node:0', ' :=', 5],
    ['--for=10', ' :=', 6],
    ['--cpus=node:', ' :=', 12],
    ['node:0', ' ', 0],
    ['arena', ' :=', 0],
  ])('%s with breaks %j', (word, breaks, expected) => {
    expect(keptLength(word, breaks)).toBe(expected);
  });
});
