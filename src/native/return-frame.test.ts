import { describe, expect, it } from 'vitest';
import { CS, ORIG_RAX, RAX, RBX, REGISTERS, RIP, RSP, SS } from './registers.ts';
import { returnFrame } from './return-frame.ts';

const RESTORER = 0x7f00_1234n;
const STACK = 0x7ffe_1000_0123n;

function registers(set: Readonly<Record<number, bigint>>): BigUint64Array {
  const all = new BigUint64Array(REGISTERS);
  const base = { [RSP]: STACK, [RIP]: 0x40_1002n, [RBX]: 0xdead_beefn, [CS]: 0x33n, [SS]: 0x2bn };
  for (const [register, value] of Object.entries({ ...base, ...set })) {
    all[Number(register)] = BigInt.asUintN(64, value);
  }
  return all;
}

/** XSAVE of a machine with AVX: 832 bytes, XCR0 7. */
function extended(bytes = 832, inUse = 7n): Uint8Array {
  const area = new Uint8Array(bytes).fill(0x5a, 0, 464);
  const view = new DataView(area.buffer);
  view.setBigUint64(464, 7n | (bytes > 2752 ? 1n << 18n : 0n), true);
  view.setBigUint64(512, inUse, true);
  return area;
}

const RUNNING = { [ORIG_RAX]: -1n, [RAX]: 42n };
const SAVED_RAX = 8 + 40 + 13 * 8;
const SAVED_RIP = 8 + 40 + 16 * 8;

describe('returnFrame', () => {
  it('lies below the red zone, with the context where rt_sigreturn looks for it', () => {
    const frame = returnFrame(
      { registers: registers(RUNNING), extended: extended(), mask: 0x8000n },
      RESTORER,
    );
    const view = new DataView(frame.bytes.buffer);
    expect(frame.address + BigInt(frame.bytes.length)).toBeLessThanOrEqual(STACK - 128n);
    expect([frame.stackPointer, view.getBigUint64(0, true)]).toEqual([frame.address, RESTORER]);
    // After the `ret`, the context is at the stack pointer: aligned as the kernel aligns it.
    expect((frame.stackPointer + 8n) % 16n).toBe(0n);
    expect(view.getBigUint64(8 + 296, true)).toBe(0x8000n);
    expect([view.getBigUint64(SAVED_RAX, true), view.getBigUint64(SAVED_RIP, true)]).toEqual([
      42n,
      0x40_1002n,
    ]);
    expect([view.getUint16(8 + 184, true), view.getUint16(8 + 190, true)]).toEqual([0x33, 0x2b]);
  });

  it('holds the vector registers as a signal frame does, on 64 bytes', () => {
    const frame = returnFrame({ registers: registers(RUNNING), extended: extended(), mask: 0n }, RESTORER);
    const view = new DataView(frame.bytes.buffer);
    const pointer = view.getBigUint64(8 + 40 + 184, true);
    const at = Number(pointer - frame.address);
    expect(pointer % 64n).toBe(0n);
    expect(view.getUint8(at)).toBe(0x5a);
    expect([view.getUint32(at + 464, true), view.getUint32(at + 468, true)]).toEqual([0x4650_5853, 836]);
    expect([view.getUint32(at + 480, true), view.getUint32(at + 832, true)]).toEqual([832, 0x4650_5845]);
  });

  it('leaves the tiles of AMX out where they are not in use', () => {
    const size = (inUse: bigint) =>
      returnFrame({ registers: registers(RUNNING), extended: extended(10_944, inUse), mask: 0n }, RESTORER)
        .bytes.length;
    expect(size(7n)).toBeLessThan(3_300);
    expect(size(7n | (1n << 18n))).toBeGreaterThan(10_944);
  });

  it.each([
    ['makes an interrupted call again', { [ORIG_RAX]: 0n, [RAX]: -512n }, 0n, 0x40_1000n],
    ['ends an interrupted sleep', { [ORIG_RAX]: 35n, [RAX]: -516n }, BigInt.asUintN(64, -4n), 0x40_1002n],
    ['leaves a call that has ended alone', { [ORIG_RAX]: 1n, [RAX]: 5n }, 5n, 0x40_1002n],
    ['takes no number of a program for an answer', { [ORIG_RAX]: -1n, [RAX]: -512n }, -512n, 0x40_1002n],
  ])('%s', (_, set, rax, rip) => {
    const frame = returnFrame({ registers: registers(set), extended: extended(), mask: 0n }, RESTORER);
    const view = new DataView(frame.bytes.buffer);
    expect(view.getBigUint64(SAVED_RAX, true)).toBe(BigInt.asUintN(64, rax));
    expect(view.getBigUint64(SAVED_RIP, true)).toBe(rip);
  });
});
