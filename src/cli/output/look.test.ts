import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cells, createLook, cutMiddle, padEnd, padStart, safeName, withoutControls } from './look.ts';

const RED = '\u001b[31mred\u001b[39m';

describe('cells', () => {
  it.each([
    ['tick', 4],
    ['틱', 2],
    ['a틱b', 4],
    [RED, 3],
    ['e\u0301', 1],
    ['', 0],
    ['─│█▎µ…', 6],
    ['—', 1],
    // Hangul as single letters, as some file systems store names.
    ['\u1112\u1161\u11ab', 2],
    ['a\u200bb', 2],
    ['서버🎮', 6],
  ])('of %j are %i', (text, expected) => {
    expect(cells(text)).toBe(expected);
  });

  it('fill columns of Korean as well', () => {
    expect(padEnd('틱', 4)).toBe('틱  ');
    expect(padStart('틱', 4)).toBe('  틱');
    expect(padEnd('longer', 3)).toBe('longer');
  });
});

describe('safeName', () => {
  it.each([
    ['game srv', 'game srv'],
    ['게임 서버', '게임 서버'],
    ['a\nb', 'a\\nb'],
    ['a\tb', 'a\\tb'],
    ['\u001b[31mred', '\\x1b[31mred'],
    // The eight-bit form of ESC [ works in many terminals.
    ['\u009b31m', '\\x9b31m'],
    ['a\u202eb', 'a\\u202eb'],
    ['\ufeff', '\\ufeff'],
  ])('%j', (name, expected) => {
    expect(safeName(name)).toBe(expected);
  });

  it('leaves nothing that steers, and nothing to do twice', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'a틱\u001b\u009b\u007f\n\t\\\u202e\u2066\ufeff\u2028') }),
        (name) => {
          const safe = safeName(name);
          expect(safe).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          expect(safeName(safe)).toBe(safe);
        },
      ),
    );
  });
});

describe('withoutControls', () => {
  it('keeps our colours and drops what else steers', () => {
    expect(withoutControls(RED)).toBe(RED);
    expect(withoutControls('\u001b]0;title\u0007x')).toBe(']0;titlex');
    expect(withoutControls('\u001b[2Jx')).toBe('[2Jx');
    expect(withoutControls('a\rb\u009bc')).toBe('abc');
  });

  it('leaves no escape but colours', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\u001b', '[', '3', '1', 'm', 'J', '\u009b', '\r', 'x') }),
        (text) => {
          expect(withoutControls(text).replace(/\u001b\[[0-9;]*m/g, '')).not.toMatch(
            /[\u001b\r\u0080-\u009f]/,
          );
        },
      ),
    );
  });
});

describe('cutMiddle', () => {
  it('keeps both ends', () => {
    expect(cutMiddle('/srv/arena/maps/arena_03.pak', 15, true)).toBe('/srv/ar…_03.pak');
    expect(cutMiddle('/srv/arena/maps/arena_03.pak', 15, false)).toBe('/srv/ar..03.pak');
    expect(cutMiddle('short', 5, true)).toBe('short');
  });

  it('is never wider than asked, in Korean neither', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '/', '틱', '서') }),
        fc.integer({ min: 1, max: 30 }),
        (text, width) => {
          expect(cells(cutMiddle(text, width, true))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('a look', () => {
  const parts = { width: 80, unicode: true };

  it('chooses the language', () => {
    const sentence = { en: 'thread', ko: '스레드' };
    expect(createLook({ ...parts, language: 'ko', colour: false }).say(sentence)).toBe('스레드');
    expect(createLook({ ...parts, language: 'en', colour: false }).say(sentence)).toBe('thread');
  });

  it('has colours only where they are wanted', () => {
    expect(createLook({ ...parts, language: 'en', colour: true }).colors.red('red')).toBe(RED);
    expect(createLook({ ...parts, language: 'en', colour: false }).colors.red('red')).toBe('red');
  });
});
