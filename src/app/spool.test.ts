import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Spool, SpoolWriter } from './spool.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-spool-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of whole words, in two pieces. */
const spans = fc.array(
  fc.record({
    source: fc.nat(300),
    limitNs: fc.integer({ min: 0, max: 2 ** 52 }),
    words: fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 40 }),
    cut: fc.nat(40),
  }),
  { maxLength: 40 },
);

function write(
  writer: SpoolWriter,
  list: readonly { words: number[]; cut: number; source: number; limitNs: number }[],
) {
  for (const { source, limitNs, words, cut } of list) {
    const bytes = new Uint8Array(Uint32Array.from(words).buffer);
    const copy = writer.add(source, limitNs, bytes.subarray(0, cut), bytes.subarray(cut));
    expect([...copy]).toEqual(words);
  }
}

describe('the spool', () => {
  it('gives back what it took, in its order, in memory and in a file that nobody else finds', () => {
    fc.assert(
      fc.property(spans, fc.constantFrom(0, 256, 1 << 20), (list, memoryBytes) => {
        const writer = new SpoolWriter({ memoryBytes, folder, chunkBytes: 128 });
        write(writer, list);
        expect(readdirSync(folder)).toEqual([]);
        using spool = new Spool(writer.finish());
        const read: unknown[] = [];
        for (const { source, limitNs, words } of spool.spans())
          read.push({ source, limitNs, words: [...words] });
        expect(read).toEqual(list.map(({ source, limitNs, words }) => ({ source, limitNs, words })));
        expect(spool.bytes).toBe(list.reduce((sum, { words }) => sum + 16 + 4 * words.length, 0));
      }),
    );
  });

  it('keeps no more in memory than it may, give or take a chunk', () => {
    const writer = new SpoolWriter({ memoryBytes: 1024, folder, chunkBytes: 256 });
    for (let i = 0; i < 100; i += 1) writer.add(0, i, new Uint8Array(64), new Uint8Array(0));
    using spool = new Spool(writer.finish());
    const { chunks, file } = writer.finish();
    expect(chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBeLessThanOrEqual(
      1024 + 2 * 256,
    );
    expect(file?.pieces.length).toBeGreaterThan(0);
    expect([...spool.spans()]).toHaveLength(100);
  });

  it('says which folder cannot be written', () => {
    const writer = new SpoolWriter({ memoryBytes: 0, folder: join(folder, 'gone'), chunkBytes: 64 });
    const fill = () => {
      for (let i = 0; i < 4; i += 1) writer.add(0, 0, new Uint8Array(40), new Uint8Array(0));
    };
    expect(fill).toThrow(/ENOENT/);
    writer.discard();
  });
});
