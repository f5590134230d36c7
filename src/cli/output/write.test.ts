import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Output, StreamRecord } from '../command.ts';
import { createLook } from './look.ts';
import { csvLine, type Format, writeOutput } from './write.ts';

const look = createLook({ language: 'en', width: 80, unicode: true, colour: false });
const TEXT: Format = { json: false, csv: false, exitCodeForFindings: false };

async function written(output: Output, format: Partial<Format> = {}) {
  let text = '';
  const sink = {
    out: (part: string) => {
      text += part;
    },
  };
  const code = await writeOutput(output, { ...TEXT, ...format }, look, sink);
  return { text, code };
}

const document: Output = {
  kind: 'document',
  json: { schema: 'keel.test/1', comm: 'a\u001bb', absent: null },
  lines: () => ['one', 'two \u001b[2Jthree'],
  csv: () => [
    ['comm', 'moves'],
    ['a,b', null],
  ],
  findings: 2,
};

describe('a document', () => {
  it('is lines for people, which cannot steer the terminal', async () => {
    expect(await written(document)).toEqual({ text: 'one\ntwo [2Jthree\n', code: 0 });
  });

  it('is one document with --json', async () => {
    const { text } = await written(document, { json: true });
    expect(JSON.parse(text)).toEqual(document.json);
    expect(text).not.toContain('\u001b');
  });

  it('is rows with --csv, and --json wins', async () => {
    expect((await written(document, { csv: true })).text).toBe('comm,moves\r\n"a,b",\r\n');
    expect((await written(document, { csv: true, json: true })).text).toContain('keel.test/1');
  });

  it('answers 3 for findings only when asked, and its own code before that', async () => {
    expect((await written(document, { exitCodeForFindings: true })).code).toBe(3);
    expect((await written({ ...document, findings: 0 }, { exitCodeForFindings: true })).code).toBe(0);
    expect((await written({ ...document, exitCode: 5 }, { exitCodeForFindings: true })).code).toBe(5);
  });
});

describe('a stream', () => {
  async function* records(): AsyncGenerator<StreamRecord> {
    yield { json: { schema: 'keel.test/1', at: 1 }, lines: () => ['at 1'], csv: [[1]] };
    yield { lines: () => ['the end'], exitCode: 5 };
  }
  const stream = (): Output => ({ kind: 'stream', records: records(), csvHeader: ['at'] });

  it.each([
    [{}, 'at 1\nthe end\n'],
    [{ json: true }, '{"schema":"keel.test/1","at":1}\n'],
    [{ csv: true }, 'at\r\n1\r\n'],
  ])('in the format %j', async (format, text) => {
    expect(await written(stream(), format)).toEqual({ text, code: 5 });
  });
});

it('writes raw text as it is', async () => {
  expect(await written({ kind: 'raw', text: '<svg/>' }, { json: true })).toEqual({ text: '<svg/>', code: 0 });
});

it('writes names as harmless to CSV as to a terminal', () => {
  expect(csvLine(['\x1b[31mred', 'two\nlines', '=1+1', 3])).toBe('\\x1b[31mred,two\\nlines,=1+1,3\r\n');
});

it('writes CSV that reads back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\\') }), { minLength: 1 }),
      (row) => {
        const line = csvLine(row).slice(0, -2);
        const cells = [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)];
        expect(cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain)).toEqual(row);
      },
    ),
  );
});
