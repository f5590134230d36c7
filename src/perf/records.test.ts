import { describe, expect, it } from 'vitest';
import { decodeOther, type OtherRecord } from './records.ts';
import { RingCursor } from './ring-cursor.ts';
import { sampleLayout } from './sample-layout.ts';
import { pair, record, ringOf, textFields } from './testing/ring-bytes.ts';
import { TimeBase } from './time-base.ts';

const layout = sampleLayout(['ip', 'tid', 'time', 'address', 'cpu']);
/** TID, TIME, CPU and identifier, as sample_id_all writes them. */
const trailer = [pair(10, 11), 5_000n, pair(1, 0), 77n];

function decodeOne(bytes: Uint8Array): OtherRecord | null {
  const { words, head } = ringOf([bytes], 512, 8);
  let decoded: OtherRecord | null = null;
  new RingCursor(words).visit(8, head, (one) => {
    decoded = decodeOther(one, layout, new TimeBase(1_000n));
  });
  return decoded;
}

describe('records besides samples', () => {
  it('decodes a mapping with a hostile path', () => {
    const path = '/srv/a b\n\u001b[2J.so (deleted)';
    const fields = [pair(10, 11), 0x7f00_0000_1000n, 0x2000n, 0x1000n, pair(8, 1), 4242n, 0n, pair(5, 2)];
    expect(decodeOne(record(10, [...fields, ...textFields(path), ...trailer]))).toEqual({
      kind: 'mmap',
      tgid: 10,
      tid: 11,
      address: 0x7f00_0000_1000,
      bytes: 0x2000,
      offset: 0x1000,
      major: 8,
      minor: 1,
      inode: 4242n,
      protection: 5,
      flags: 2,
      path,
      timeNs: 4_000,
    });
  });

  it('tells an exec from a plain change of name', () => {
    const fields = [pair(10, 11), ...textFields('srv'), ...trailer];
    expect(decodeOne(record(3, fields, 1 << 13))).toMatchObject({
      kind: 'comm',
      comm: 'srv',
      exec: true,
      timeNs: 4_000,
    });
    expect(decodeOne(record(3, fields))).toMatchObject({ exec: false });
  });

  it('counts what was lost in both forms', () => {
    expect(decodeOne(record(2, [77n, 9n, ...trailer]))).toEqual({ kind: 'lost', records: 9 });
    expect(decodeOne(record(13, [5n, ...trailer]))).toEqual({ kind: 'lost', records: 5 });
  });

  it('decodes forks and exits', () => {
    const fields = [pair(20, 10), pair(21, 11), 6_000n, ...trailer];
    expect(decodeOne(record(7, fields))).toEqual({
      kind: 'fork',
      tgid: 20,
      parentTgid: 10,
      tid: 21,
      parentTid: 11,
      timeNs: 5_000,
    });
    expect(decodeOne(record(4, fields))).toMatchObject({ kind: 'exit', tid: 21 });
  });

  it('decodes a switch, and whether the thread still wanted to run', () => {
    expect(decodeOne(record(14, trailer, 1 << 13))).toEqual({
      kind: 'switch',
      tid: 11,
      out: true,
      preempted: false,
      timeNs: 4_000,
    });
    expect(decodeOne(record(14, trailer, (1 << 13) | (1 << 14)))).toMatchObject({
      out: true,
      preempted: true,
    });
    expect(decodeOne(record(14, trailer))).toMatchObject({ out: false, preempted: false });
  });

  it('ignores kinds it does not know', () => {
    expect(decodeOne(record(99, trailer))).toBeNull();
  });
});
