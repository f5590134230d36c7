import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { faultsJson } from '../cli/commands/faults-record/json.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import { FaultBatch } from '../model/faults/fault-batch.ts';
import { type AnyFault, anyFault } from '../model/faults/testing/any-fault.ts';
import { NO_STACK } from '../model/stacks/stack-table.ts';
import { type Block, BlockReader, encodeBlock } from './blocks.ts';
import { BLOCKS, FIRST_LINES, textBytes } from './fault-blocks.ts';
import { FaultColumnReader, FaultColumnWriter } from './fault-columns.ts';
import { FaultFileReader } from './fault-file-reader.ts';
import { FaultFileWriter } from './fault-file-writer.ts';
import { NumberReader, NumberWriter } from './numbers.ts';

describe('numbers', () => {
  it('come back, whatever their size', () => {
    const number = fc.oneof(fc.nat(300), fc.nat(2 ** 50), fc.nat(Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(
        fc.array(number),
        fc.array(fc.integer({ min: -(2 ** 51), max: 2 ** 51 })),
        (plain, signed) => {
          const writer = new NumberWriter();
          for (const value of plain) writer.unsigned(value);
          for (const value of signed) writer.signed(value);
          const reader = new NumberReader(writer.take());
          expect(plain.map(() => reader.unsigned())).toEqual(plain);
          expect(signed.map(() => reader.signed())).toEqual(signed);
          expect(reader.isAtEnd).toBe(true);
        },
      ),
    );
  });

  it('are never read beyond the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const reader = new NumberReader(bytes);
        try {
          while (!reader.isAtEnd) reader.unsigned();
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});

describe('columns', () => {
  const COLUMNS = [
    'timesNs',
    'latenciesNs',
    'addresses',
    'fileOffsets',
    'threads',
    'places',
    'stacks',
    'cpus',
    'causes',
    'majors',
    'pageLogs',
    'homes',
  ] as const;
  const rowsOf = (batch: FaultBatch) =>
    Object.fromEntries(COLUMNS.map((name) => [name, Array.from(batch[name].subarray(0, batch.length))]));

  it('give back every batch', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyFault, { maxLength: 20 }), { maxLength: 4 }), (lists) => {
        const { places, threads } = new FaultCollector().tables;
        const [writer, reader] = [new FaultColumnWriter(), new FaultColumnReader()];
        for (const list of lists) {
          const [batch, read] = [new FaultBatch(), new FaultBatch()];
          for (const fault of list) batch.add(fault(places), threads);
          const defined = { threads: threads.threads.length, places: places.places.length, stacks: 4 };
          reader.read(writer.bytesOf(batch), read, defined);
          expect(rowsOf(read)).toEqual(rowsOf(batch));
        }
      }),
    );
  });

  it('of any bytes are a batch of what was defined, or refused', () => {
    const defined = { threads: 3, places: 2, stacks: 5 };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(12), (bytes, length) => {
        const batch = new FaultBatch();
        try {
          new FaultColumnReader().read(Uint8Array.from([length, ...bytes]), batch, defined);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          return;
        }
        for (let row = 0; row < batch.length; row += 1) {
          expect(batch.threads[row]).toBeLessThan(defined.threads);
          expect(batch.places[row]).toBeLessThan(defined.places);
          expect(batch.stacks[row]).toBeLessThan(defined.stacks);
          expect(batch.stacks[row]).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('blocks', () => {
  const packed = (block: Block, i: number) => encodeBlock(block, i % 2 === 0 ? 'text' : 'columns');
  const blocks = fc.array(fc.record({ type: fc.integer({ min: 1, max: 9 }), bytes: fc.uint8Array() }), {
    minLength: 1,
    maxLength: 6,
  });

  it('are the same from any split of the bytes', () => {
    fc.assert(
      fc.property(blocks, fc.array(fc.nat()), (list, cuts) => {
        const all = Buffer.concat(list.map(packed));
        const places = [0, ...cuts.map((cut) => cut % (all.length + 1)), all.length].sort((a, b) => a - b);
        const reader = new BlockReader();
        const read = places.flatMap((place, i) => [...reader.push(all.subarray(place, places[i + 1]))]);
        expect(read.map(({ type, bytes }) => ({ type, bytes: new Uint8Array(bytes) }))).toEqual(list);
        expect(reader.restBytes).toBe(0);
      }),
    );
  });

  it('end at the first byte that was changed', () => {
    fc.assert(
      fc.property(blocks, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, at, change) => {
        const all = Buffer.concat(list.map(packed));
        const place = at % all.length;
        all[place] = (all[place] as number) ^ change;
        const before = list.filter((_, i) => Buffer.concat(list.slice(0, i + 1).map(packed)).length <= place);
        const read = [...new BlockReader().push(all)];
        expect(read.length).toBeGreaterThanOrEqual(before.length);
        // The type is not behind the checksum's guard; the content is.
        for (const [i, block] of read.entries()) expect(new Uint8Array(block.bytes)).toEqual(list[i]?.bytes);
      }),
    );
  });
});

const MEASURED = {
  elapsedNs: 5e9,
  counted: { entry: 2n ** 63n, minor: 7n, major: 1n },
  lost: 3,
  unpaired: 2,
  addressMismatches: 0,
  userOnly: true,
  withoutNodes: { missing: 'denied', path: 'PERF_SAMPLE_PHYS_ADDR' } as const,
  obtainedBy: 'bpf' as const,
  callchains: true,
  ownCpuNs: 1e8,
  program: { words: ['./a', '$(b)'], exitStatus: 3, signal: null },
};
const HEAD = {
  startedUnixMs: 1,
  release: '6.1.0',
  arch: 'x86_64',
  callchains: true,
  obtainedBy: 'bpf' as const,
};

/** A file of some faults in three stacks, flushed after every second fault; and its collector. */
function written(list: readonly AnyFault[]) {
  const pieces: Uint8Array[] = [];
  const collector: FaultCollector = new FaultCollector((batch) => pieces.push(...writer.batch(batch)));
  const { frames, stacks, places } = collector.tables;
  const image =
    frames.image({ path: '/bin/a', file: { major: 8, minor: 1, inode: 2n ** 60n }, tgid: 1 }) ?? 0;
  const outer = stacks.push(NO_STACK, frames.inImage(image, 16));
  stacks.push(stacks.push(outer, frames.inKernel(-4096)), frames.inMemory(1, 0x7000));
  const writer = new FaultFileWriter(collector.tables);
  pieces.push(...writer.head(HEAD));
  const sizes: number[] = [];
  list.forEach((fault, i) => {
    collector.add(fault(places));
    if (i % 2 === 1) collector.flush();
    sizes.push(Buffer.concat(pieces).length);
  });
  const names = frames.frames.map((_, i) => ({ function: `f${i}`, binary: '/bin/a', offset: null }));
  const unread = [{ missing: 'gone', path: '/lib/b' }] as const;
  const builds = [{ path: '/bin/a', buildId: 'c0ffee' }];
  const summary = collector.summary();
  pieces.push(...writer.end({ ...MEASURED, names, unread, builds }));
  return { bytes: Buffer.concat(pieces), collector, summary, names, unread, builds, sizes };
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A copy in which one value, the `at`-th of all inside of it, is another. */
function replaced(json: Json, at: number, value: Json): Json {
  const copy = structuredClone(json);
  const places: (() => void)[] = [];
  const visit = (inside: Json) => {
    if (typeof inside !== 'object' || inside === null) return;
    const fields = inside as Record<string, Json>;
    for (const name of Object.keys(fields)) {
      places.push(() => {
        fields[name] = value;
      });
      visit(fields[name] as Json);
    }
  };
  visit(copy);
  places[at % places.length]?.();
  return copy;
}

function read(bytes: Uint8Array) {
  const reader = new FaultFileReader();
  reader.push(bytes);
  return reader.recording();
}

describe('a file of faults', () => {
  it('gives back the recording', () => {
    fc.assert(
      fc.property(fc.array(anyFault, { maxLength: 30 }), (list) => {
        const { bytes, collector, summary, names, unread, builds } = written(list);
        const recording = read(bytes);
        expect(recording).toMatchObject({ ...MEASURED, names, unread, builds, cut: false, damaged: false });
        expect(recording.summary).toEqual(summary);
        expect(recording.weights).toEqual(collector.weights());
      }),
    );
  });

  it('cut anywhere gives every fault that was written whole, and says so', () => {
    fc.assert(
      fc.property(fc.array(anyFault, { minLength: 1, maxLength: 12 }), fc.nat(), (list, at) => {
        const { bytes, sizes } = written(list);
        const cut = bytes.subarray(0, at % bytes.length);
        let recording: ReturnType<typeof read>;
        try {
          recording = read(cut);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          // Not even its head is there.
          expect(cut.length).toBeLessThan(sizes[0] as number);
          return;
        }
        expect(recording.cut).toBe(true);
        const whole = sizes.filter((size, i) => i % 2 === 1 && size <= cut.length).length * 2;
        expect(recording.summary.total.faults).toBeGreaterThanOrEqual(whole);
        expect(recording.names.every((name) => name.function === null)).toBe(true);
      }),
    );
  });

  it.each([1, 2])('of version %i is read as the version that wrote it read it', (version) => {
    const folder = join(import.meta.dirname, '../../fixtures/recordings');
    const recording = read(readFileSync(join(folder, `version-${version}.faults`)));
    // As `keel faults report --json` of that version printed it; there are more fields since.
    const expected = JSON.parse(readFileSync(join(folder, `version-${version}.json`), 'utf8'));
    const { gaps, ...fields } = expected;
    const json = JSON.parse(JSON.stringify(faultsJson(recording)));
    expect(json).toMatchObject(fields);
    expect(json.gaps).toEqual(expect.arrayContaining(gaps));
    expect(json.byNode).toBeNull();
  });

  it('with a changed byte is said to be damaged, and without its last one to end early', () => {
    const { bytes } = written(fc.sample(faults, 1)[0] as AnyFault[]);
    const copy = Buffer.from(bytes);
    copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
    expect(read(copy)).toMatchObject({ cut: true, damaged: true });
    expect(read(copy.subarray(0, -1))).toMatchObject({ cut: true, damaged: false });
  });

  /** The same file, with the JSON of one of its blocks changed; its checksum is right. */
  function withJson(bytes: Uint8Array, type: number, change: (value: Json) => Json): Uint8Array {
    const line = FIRST_LINES[3];
    const blocks = [...new BlockReader().push(bytes.subarray(line.length))];
    const changed = blocks.map((block) =>
      block.type === type ? { type, bytes: textBytes(JSON.stringify(change(parsed(block.bytes)))) } : block,
    );
    return Buffer.concat([Buffer.from(line), ...changed.map((block) => encodeBlock(block))]);
  }
  const parsed = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Json;
  const faults = fc.array(anyFault, { minLength: 1, maxLength: 4 });

  it('with a stack that is its own caller is refused: it would have no end', () => {
    const { bytes } = written(fc.sample(faults, 1)[0] as AnyFault[]);
    const endless = withJson(bytes, BLOCKS.definitions, (value) => ({
      ...(value as object),
      stacks: [[1, 0]],
    }));
    expect(() => read(endless)).toThrow(FormatError);
  });

  it('whose blocks hold other values than ours is read or refused, and nothing else', () => {
    const kinds = fc.constantFrom(BLOCKS.head, BLOCKS.definitions, BLOCKS.end);
    fc.assert(
      fc.property(faults, kinds, fc.nat(), fc.jsonValue(), (list, type, at, value) => {
        const { bytes } = written(list);
        const damaged = withJson(bytes, type, (json) => replaced(json, at, value as Json));
        try {
          faultsJson(read(damaged));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['another kind of file', '#!/bin/sh\necho this is not a recording of anything'],
    ['a later version', 'keel faults recording 4\n...........................'],
  ])('refuses %s', (_, text) => {
    expect(() => read(Buffer.from(text))).toThrow(FormatError);
  });
});
