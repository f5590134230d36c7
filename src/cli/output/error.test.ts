import { describe, expect, it } from 'vitest';
import { KeelError } from '../../base/errors.ts';
import { errorJson, errorLines } from './error.ts';
import { createLook } from './look.ts';

const look = createLook({ language: 'en', width: 80, unicode: true, colour: false });
const korean = createLook({ language: 'ko', width: 80, unicode: true, colour: false });

const error = new KeelError('E_USAGE', {
  what: { en: 'CPUs 16-19 do not exist', ko: 'CPU 16-19는 없습니다' },
  pointer: {
    text: '12-19',
    start: 3,
    end: 5,
    note: { en: 'the last CPU is 15', ko: '마지막 CPU는 15입니다' },
  },
  next: [{ en: 'Did you mean 12-15?', ko: '12-15를 뜻하셨나요?' }],
});

describe('an error for people', () => {
  it('says what, points at it, and goes on', () => {
    expect(errorLines(error, look)).toEqual([
      'error E_USAGE: CPUs 16-19 do not exist',
      '   12-19',
      '      ^^ the last CPU is 15',
      'Did you mean 12-15?',
    ]);
  });

  it('speaks Korean', () => {
    expect(errorLines(error, korean)[0]).toBe('오류 E_USAGE: CPU 16-19는 없습니다');
  });

  it('points past what is wider than a letter, or was made harmless', () => {
    const pointer = { text: '틱\u001b,x', start: 3, end: 4 };
    const [, text, carets] = errorLines(
      new KeelError('E_USAGE', { what: { en: '', ko: '' }, pointer }),
      look,
    );
    expect(text).toBe('   틱\\x1b,x');
    expect(carets).toBe(`   ${' '.repeat(2 + 4 + 1)}^`);
  });

  it('points at the end of a text that is too short', () => {
    const pointer = { text: '0-', start: 2, end: 2 };
    expect(errorLines(new KeelError('E_USAGE', { what: { en: '', ko: '' }, pointer }), look)[2]).toBe(
      '     ^',
    );
  });
});

it('is English in JSON', () => {
  expect(errorJson(error)).toEqual({
    schema: 'keel.error/1',
    code: 'E_USAGE',
    what: 'CPUs 16-19 do not exist',
    next: ['Did you mean 12-15?'],
  });
});
