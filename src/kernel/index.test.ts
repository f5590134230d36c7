import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { FactMissing, type Facts } from '../host/facts.ts';
import { READERS } from './index.ts';

const facts: Facts = {
  pageBytes: 4096,
  ticksPerSec: 100,
  release: '6.1.0',
  arch: 'x86_64',
  littleEndian: true,
  bootId: 'b',
};

describe('the registry of readers', () => {
  it('holds each reader that a file defines, once', () => {
    const folder = import.meta.dirname;
    const defined = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .flatMap(
        (path) =>
          readFileSync(join(folder, path), 'utf8').match(/\b(?:file|record|bytes|list|link)Reader\(\{/g) ??
          [],
      );
    expect(READERS.length).toBe(defined.length);
    const keys = READERS.map((reader) => `${reader.kind} ${reader.path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(READERS.map((reader) => [reader.path, reader] as const))(
    '%s parses any text or says why not',
    (_, reader) => {
      const lines = fc.array(
        fc.oneof(fc.string(), fc.stringMatching(/^[a-z_.]{1,8}[ :=]{1,2}[0-9-]{1,22}( kB)?$/)),
      );
      fc.assert(
        fc.property(
          fc.oneof(
            fc.string({ unit: 'binary' }),
            lines.map((all) => all.join('\n')),
          ),
          (text) => {
            try {
              reader.parse(text, facts);
            } catch (error) {
              if (!(error instanceof FactMissing)) expect(error).toBeInstanceOf(FormatError);
            }
          },
        ),
      );
    },
  );
});
