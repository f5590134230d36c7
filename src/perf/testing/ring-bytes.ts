/** Builds the bytes that the kernel would write, for tests. */

/** 64-bit fields of a record after its header. */
export type Words = readonly bigint[];

export function record(type: number, fields: Words, misc = 0): Uint8Array {
  const bytes = new Uint8Array(8 + fields.length * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint16(4, misc, true);
  view.setUint16(6, bytes.length, true);
  fields.forEach((field, i) => {
    view.setBigUint64(8 + i * 8, BigInt.asUintN(64, field), true);
  });
  return bytes;
}

/** Two 32-bit fields in one 64-bit one: `pair(pid, tid)`. */
export function pair(low: number, high: number): bigint {
  return BigInt(low) | (BigInt(high) << 32n);
}

/** Text with its zero byte, padded to whole 64-bit fields. */
export function textFields(text: string): Words {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return Array.from({ length: padded.length / 8 }, (_, i) => view.getBigUint64(i * 8, true));
}

/** A ring of `areaBytes` into which `records` were written from position `start`; head is where they end. */
export function ringOf(
  records: readonly Uint8Array[],
  areaBytes: number,
  start: number,
): { words: Uint32Array; head: number } {
  const area = new Uint8Array(areaBytes);
  let at = start;
  for (const bytes of records) {
    for (const byte of bytes) {
      area[at % areaBytes] = byte;
      at += 1;
    }
  }
  return { words: new Uint32Array(area.buffer), head: at };
}
