import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { FAULT_CAUSES } from '../model/faults/cause.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { ExplainedFault } from '../model/faults/summary.ts';
import { NO_STACK } from '../model/stacks/stack-table.ts';
import { BlockReader, encodeBlock } from './blocks.ts';
import { FaultFileReader, FaultFileWriter } from './fault-file.ts';
import { FaultRowReader, FaultRowWriter } from './fault-rows.ts';
import { NumberReader, NumberWriter } from './numbers.ts';

const faults: fc.Arbitrary<ExplainedFault> = fc
  .record({
    kind: fc.constantFrom('minor', 'major'),
    tgid: fc.integer({ min: 1, max: 3 }),
    tid: fc.integer({ min: 1, max: 4_194_304 }),
    cpu: fc.nat(1023),
    timeNs: fc.nat(2 ** 50),
    latencyNs: fc.nat(2 ** 45),
    address: fc.nat(2 ** 47),
    pageBytes: fc.constantFrom(null, 4096, 65_536, 2 ** 21, 2 ** 30),
    inFile: fc.boolean(),
    path: fc.constantFrom('/srv/a', '/srv/b\n\u001b[2J', ''),
    cause: fc.constantFrom(...FAULT_CAUSES),
    depth: fc.nat(3),
  })
  .map(({ inFile, path, depth, ...fault }) => ({
    ...fault,
    kind: fault.kind as 'minor' | 'major',
    stack: depth,
    place: inFile
      ? { kind: 'file' as const, path, fileOffset: fault.address % 4096 }
      : { kind: 'anonymous' as const, path: '', fileOffset: null },
  }));

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

describe('rows', () => {
  it('give back every fault', () => {
    fc.assert(
      fc.property(fc.array(faults), (list) => {
        const writer = new FaultRowWriter();
        for (const fault of list) writer.add(fault);
        const reader = new FaultRowReader();
        reader.threads.push(...writer.threads);
        reader.mappings.push(...writer.mappings);
        const read: ExplainedFault[] = [];
        reader.read(writer.take(), (fault) => read.push(fault));
        expect(read).toEqual(list);
      }),
    );
  });
});

describe('blocks', () => {
  const blocks = fc.array(fc.record({ type: fc.integer({ min: 1, max: 9 }), bytes: fc.uint8Array() }), {
    minLength: 1,
    maxLength: 6,
  });

  it('are the same from any split of the bytes', () => {
    fc.assert(
      fc.property(blocks, fc.array(fc.nat()), (list, cuts) => {
        const all = Buffer.concat(list.map(encodeBlock));
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
        const all = Buffer.concat(list.map(encodeBlock));
        const place = at % all.length;
        all[place] = (all[place] as number) ^ change;
        const before = list.filter(
          (_, i) => Buffer.concat(list.slice(0, i + 1).map(encodeBlock)).length <= place,
        );
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
function written(list: readonly ExplainedFault[]) {
  const collector = new FaultCollector();
  const { frames, stacks } = collector.tables;
  const image =
    frames.image({ path: '/bin/a', file: { major: 8, minor: 1, inode: 2n ** 60n }, tgid: 1 }) ?? 0;
  const outer = stacks.push(NO_STACK, frames.inImage(image, 16));
  stacks.push(stacks.push(outer, frames.inKernel(-4096)), frames.inMemory(1, 0x7000));
  const writer = new FaultFileWriter(collector.tables);
  const pieces = writer.head(HEAD);
  const sizes: number[] = [];
  list.forEach((fault, i) => {
    writer.add(fault);
    collector.add(fault);
    if (i % 2 === 1) pieces.push(...writer.flush());
    sizes.push(Buffer.concat(pieces).length);
  });
  const names = frames.frames.map((_, i) => ({ function: `f${i}`, binary: '/bin/a', offset: null }));
  const unread = [{ missing: 'gone', path: '/lib/b' }] as const;
  pieces.push(...writer.end({ ...MEASURED, names, unread }));
  return { bytes: Buffer.concat(pieces), collector, names, unread, sizes };
}

function read(bytes: Uint8Array) {
  const reader = new FaultFileReader();
  reader.push(bytes);
  return reader.recording();
}

describe('a file of faults', () => {
  it('gives back the recording', () => {
    fc.assert(
      fc.property(fc.array(faults, { maxLength: 30 }), (list) => {
        const { bytes, collector, names, unread } = written(list);
        const recording = read(bytes);
        expect(recording).toMatchObject({ ...MEASURED, names, unread, cut: false });
        expect(recording.summary).toEqual(collector.summary());
        expect(recording.weights).toEqual(collector.weights());
      }),
    );
  });

  it('cut anywhere gives every fault that was written whole, and says so', () => {
    fc.assert(
      fc.property(fc.array(faults, { minLength: 1, maxLength: 12 }), fc.nat(), (list, at) => {
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

  it.each([
    ['nothing', ''],
    ['another kind of file', '#!/bin/sh\necho this is not a recording of anything'],
    ['a later version', 'keel faults recording 2\n...........................'],
  ])('refuses %s', (_, text) => {
    expect(() => read(Buffer.from(text))).toThrow(FormatError);
  });
});
