import { describe, expect, it } from 'vitest';
import { ERRORS, EXIT, FormatError, KeelError } from './errors.ts';

describe('the table of errors', () => {
  it.each(Object.entries(ERRORS))(
    '%s has an exit code and says what it means',
    (code, { exitCode, means }) => {
      expect(code).toMatch(/^E_[A-Z]+$/);
      expect(Object.values(EXIT)).toContain(exitCode);
      expect(exitCode).not.toBe(EXIT.fine);
      expect(means.en).not.toBe('');
      expect(means.ko).toMatch(/\p{Script=Hangul}/u);
    },
  );

  it('decides the exit code', () => {
    const what = { en: 'no process 4127', ko: '프로세스 4127이 없습니다' };
    const error = new KeelError('E_GONE', { what, cause: new Error('ESRCH') });
    expect(error.exitCode).toBe(5);
    expect(error.message).toBe('E_GONE: no process 4127');
    expect(error.cause).toBeInstanceOf(Error);
  });
});

it('quotes a short piece of what was found, and the line', () => {
  expect(new FormatError('a cpulist', '0-\n', 3).message).toBe('line 3: "0-\\n": expected a cpulist');
  expect(new FormatError('a cpulist', 'x'.repeat(500)).message.length).toBeLessThan(120);
});
