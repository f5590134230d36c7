import { describe, expect, it } from 'vitest';
import { splitLine } from './split-line.ts';

describe('splitLine', () => {
  it.each([
    [[], undefined, []],
    [['--lang', 'ko'], undefined, ['--lang', 'ko']],
    [['why'], 'why', []],
    [['--json', 'why', 'x'], 'why', ['--json', 'x']],
    [['--lang', 'ko', '--width=50', 'why'], 'why', ['--lang', 'ko', '--width=50']],
    [['--', 'why'], '--', ['why']],
  ])('%j', (line, word, rest) => {
    expect(splitLine(line)).toEqual({ word, rest });
  });
});
