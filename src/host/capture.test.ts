import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { MISSING_REASONS, missing } from '../base/missing.ts';
import { type Capture, parseCapture, renderCapture } from './capture.ts';
import { NO_FACTS } from './facts.ts';
import type { Entry } from './memory.ts';

const path = fc
  .string({ unit: fc.constantFrom('a', '/', ' ', '%', '2', '0', '\n', '\\', '|', '틱', '\u001b', '\u00a0') })
  .map((text) => `/${text}`);
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '\n', '\\', '|', ' ', '\r', '틱', '\0', '\u2028') }),
  fc.string({ unit: 'binary' }).map((all) => all.replace(/\p{Surrogate}/gu, '')),
);
const entry: fc.Arbitrary<Entry> = fc.record({ kind: fc.constantFrom('file', 'list', 'link'), text });
const facts = fc.record({
  pageBytes: fc.constantFrom(null, 4096, 65536),
  ticksPerSec: fc.constantFrom(null, 100),
  release: fc.constantFrom(null, '6.1.0-18-amd64'),
  arch: fc.constantFrom(null, 'x86_64'),
  littleEndian: fc.constantFrom(null, true, false),
  bootId: fc.constantFrom(null, '0f1e'),
});
const capture: fc.Arbitrary<Capture> = fc.record({
  facts,
  moments: fc.array(
    fc.record({
      monotonicNs: fc.bigInt({ min: 0n, max: 2n ** 63n }),
      entries: fc.array(fc.tuple(path, entry)).map((all) => new Map(all)),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('a capture file', () => {
  it('gives back what was captured', () => {
    fc.assert(
      fc.property(capture, (made) => {
        expect(parseCapture(renderCapture(made))).toEqual(made);
      }),
    );
  });

  it.each(MISSING_REASONS)('keeps why a value is missing: %s', (reason) => {
    const entries = new Map([
      ['/proc/1/a b', missing(reason, '/proc/1/a b', 'EACCES or so')],
      ['/proc/1/c', missing(reason, '/proc/1/c')],
    ]);
    const made = { facts: NO_FACTS, moments: [{ monotonicNs: 1n, entries }] };
    expect(parseCapture(renderCapture(made))).toEqual(made);
  });

  it('is the same text for the same machine', () => {
    fc.assert(
      fc.property(capture, (made) => {
        const rendered = renderCapture(made);
        expect(renderCapture(parseCapture(rendered))).toBe(rendered);
      }),
    );
  });

  it.each([
    ['', 'line 1', 'keel-capture 1'],
    ['keel-capture 2\n', 'line 1', 'keel-capture 1'],
    ['keel-capture 1\n', 'line 2', 'a moment'],
    ['keel-capture 1\nfact pageBytes many\nmoment 1\n', 'line 2', 'a fact'],
    ['keel-capture 1\nfact color blue\nmoment 1\n', 'line 2', 'a fact'],
    ['keel-capture 1\nfile /proc/stat\n|cpu\n', 'line 2', 'a line of a capture'],
    ['keel-capture 1\nmoment soon\n', 'line 2', 'a line of a capture'],
    ['keel-capture 1\nmoment 1\n|stray\n', 'line 3', 'a line of a capture'],
    ['keel-capture 1\nmoment 1\nmissing lost /proc/stat\n', 'line 3', 'a line of a capture'],
    ['keel-capture 1\nmoment 1\n\nfile /a\n', 'line 3', 'a line of a capture'],
    ['keel-capture 1\nmoment 1\nfile /sys/devices/system/cpu/online\n|0-6', 'line 4', 'cut off'],
  ])('that is damaged says where: %j', (damaged, line, expected) => {
    expect(() => parseCapture(damaged)).toThrow(FormatError);
    expect(() => parseCapture(damaged)).toThrow(line);
    expect(() => parseCapture(damaged)).toThrow(expected);
  });

  it('is any text, or an error that says where', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('moment 1', 'file /a', '|x', 'link /b', '|y\\', 'missing gone /c', 'fact arch x86_64'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          parseCapture(['keel-capture 1', ...lines, ''].join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});
