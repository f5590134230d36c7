/** Builds the records that the BPF program fault-records would write, for tests. */
import type { FaultRecordShape } from '../fault-records.ts';

/** As the program lays them; that the two agree is tested where both are known. */
export const SHAPE: FaultRecordShape = {
  offsets: {
    sizeAndKind: 0,
    cpu: 4,
    sinceNs: 8,
    latencyNs: 16,
    address: 24,
    ip: 32,
    tid: 40,
    tgid: 44,
    errorCode: 48,
    sleeps: 52,
    pageUnits: 56,
    physicalMebibyte: 60,
  },
  sizeBytes: 64,
  kinds: { padding: 0, minor: 1, major: 2 },
  signShift: 16,
};

export interface WrittenFault {
  readonly kind: 'minor' | 'major';
  readonly cpu: number;
  readonly sinceNs: bigint;
  readonly latencyNs: bigint;
  readonly address: bigint;
  readonly ip: bigint;
  readonly tid: number;
  readonly tgid: number;
  readonly errorCode: number;
  readonly sleeps: number;
  /** Of 4 KiB. */
  readonly pageUnits: number;
  readonly physicalMebibyte: number;
  readonly callers: readonly bigint[];
}

export function faultRecord(fault: WrittenFault): Uint8Array {
  const bytes = new Uint8Array(SHAPE.sizeBytes + 8 * fault.callers.length);
  const view = new DataView(bytes.buffer);
  const { offsets, kinds } = SHAPE;
  view.setUint32(offsets.sizeAndKind, bytes.length | (kinds[fault.kind] << 16), true);
  for (const field of ['cpu', 'tid', 'tgid', 'errorCode', 'sleeps', 'pageUnits', 'physicalMebibyte'] as const)
    view.setUint32(offsets[field], fault[field], true);
  for (const field of ['sinceNs', 'latencyNs', 'address', 'ip'] as const)
    view.setBigUint64(offsets[field], BigInt.asUintN(64, fault[field]), true);
  fault.callers.forEach((caller, i) => {
    view.setBigUint64(SHAPE.sizeBytes + 8 * i, caller, true);
  });
  return bytes;
}

/** What fills the end of a buffer. @param bytes a multiple of 8; what lies in them is of earlier records */
export function padding(bytes: number): Uint8Array {
  const filled = new Uint8Array(bytes).fill(0xee);
  new DataView(filled.buffer).setUint32(0, bytes, true);
  return filled;
}

export function wordsOf(records: readonly Uint8Array[]): Uint32Array {
  const bytes = Uint8Array.from(records.flatMap((record) => [...record]));
  return new Uint32Array(bytes.buffer);
}
