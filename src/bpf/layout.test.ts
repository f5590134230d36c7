import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { Layout } from './layout.ts';
import { TableMap } from './maps.ts';

const layout = new Layout({ tid: 'u32', totalNs: 'u64', last: 'i32', buckets: { counters: 2 } });

describe('a layout', () => {
  it('places fields as C does', () => {
    expect(['tid', 'totalNs', 'last', 'buckets'].map((name) => layout.offset(name as 'tid'))).toEqual([
      0, 8, 16, 24,
    ]);
    expect(layout.sizeBytes).toBe(40);
  });

  it('decodes what lies there', () => {
    const bytes = new Uint8Array(80);
    const view = new DataView(bytes.buffer);
    view.setUint32(40, 0xffff_ffff, true);
    view.setBigUint64(48, 2n ** 63n, true);
    view.setInt32(56, -5, true);
    view.setBigUint64(72, 9n, true);
    const [, second] = layout.decodeAll(bytes);
    expect(second).toEqual({ tid: 0xffff_ffff, totalNs: 2n ** 63n, last: -5, buckets: [0n, 9n] });
  });

  it('refuses bytes that end too early', () => {
    expect(() => layout.decodeAll(new Uint8Array(41))).toThrow(FormatError);
  });

  it('holds another layout', () => {
    const outer = new Layout({ tid: 'u32', inner: new Layout({ a: 'u32', b: 'u64' }), last: 'u32' });
    expect([outer.offset('inner'), outer.offset('last'), outer.sizeBytes]).toEqual([8, 24, 32]);
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setBigUint64(16, 7n, true);
    expect(outer.decodeAll(bytes)).toEqual([{ tid: 0, inner: { a: 0, b: 7n }, last: 0 }]);
  });

  it('joins the keys of a table with their values', () => {
    const map = new TableMap('m', new Layout({ tid: 'u64' }), new Layout({ count: 'u64' }), 8);
    const numbers = (...all: bigint[]) => new Uint8Array(BigUint64Array.from(all).buffer);
    expect(map.decode({ keys: numbers(7n, 8n), values: numbers(1n, 2n) })).toEqual([
      { tid: 7n, count: 1n },
      { tid: 8n, count: 2n },
    ]);
    expect(map.decode({ keys: numbers(), values: numbers() })).toEqual([]);
  });
});
