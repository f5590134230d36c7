import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

it('leaves plain words as they are', () => {
  expect(shellWord('/srv/arena-1.2@x')).toBe('/srv/arena-1.2@x');
  expect(shellWord('')).toBe("''");
});

it('comes back from a shell as it went in, whatever it holds', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', "'", '"', '$', '`', '\\', ' ', '\n', '*', ';', '(', '!'),
  });
  fc.assert(
    fc.property(word, (text) => {
      expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
    }),
    { numRuns: 30 },
  );
});
