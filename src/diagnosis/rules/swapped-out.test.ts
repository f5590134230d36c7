import { describe, expect, it } from 'vitest';
import type { ProcessMemory } from '../../model/memory-limits.ts';
import { DENIED, isQuiet, only, stallsOf, windowOf } from '../testing/windows.ts';
import { swappedOut } from './swapped-out.ts';

const memory = (swapBytes: ProcessMemory['swapBytes']): ReadonlyMap<number, ProcessMemory> =>
  new Map([[10, { swapBytes, lockedBytes: 0, lockLimit: DENIED, mayLockBeyond: false }]]);
const faulting = (majorFaults: bigint) => [{ tgid: 10, comm: 'arena', stat: { majorFaults } }];
const swapIns = (stallNs: number) => stallsOf({ 'swap-in': { stallNs, faults: 50 } });

describe('swapped-out', () => {
  it.each(['swap-in', 'swap-in-compressed', 'swap-cache'] as const)(
    'is measured of a target, by %s',
    (cause) => {
      const window = windowOf({
        processes: faulting(50n),
        memory: memory(312 << 20),
        target: new Set([10]),
        stalls: stallsOf({ [cause]: { stallNs: 1e9, faults: 50 } }),
      });
      const found = only(swappedOut.check(window));
      expect(found).toMatchObject({ weightRatio: 0.1, isEstimate: false, subject: { tgid: 10 } });
      expect(found.evidence.map((one) => one.value)).toEqual([312 << 20, 5, 1000]);
      expect(found.remedies.map((one) => one.command)).toEqual(['keel warm 10', 'keel lock 10', null]);
    },
  );

  it('tells a disk, a file and compressed memory apart, and asks for compression of the first two', () => {
    const from = (...names: readonly string[]) =>
      only(
        swappedOut.check(
          windowOf({
            processes: faulting(50n),
            memory: memory(4096),
            target: new Set([10]),
            stalls: swapIns(1e9),
            swaps: names.map((name, i) => ({ name, sizeBytes: 1 << 20, usedBytes: 4096 * i })),
          }),
        ),
      );
    const said = from('/dev/sda3', '/dev/zram0', '/dev/dm-1', '/var/swap');
    expect(said.evidence.slice(-3).map(({ text, value }) => [text.en, value])).toEqual([
      ['compressed in memory (zram, /dev/zram0)', 4096],
      ['swap on a disk (/dev/dm-1)', 8192],
      ['swap in a file (/var/swap)', 12_288],
    ]);
    expect(said.remedies.at(-1)?.text.en).toMatch(/zram as swap/);
    expect(from('/dev/sda3', '/dev/zram0').remedies).toHaveLength(3);
  });

  it('is made of major faults where nobody measured', () => {
    const found = only(swappedOut.check(windowOf({ processes: faulting(2000n), memory: memory(4096) })));
    expect(found).toMatchObject({ weightRatio: 0.02, isEstimate: true });
  });

  it('is quiet where nothing is in swap, where little comes back, and of others', () => {
    expect(isQuiet(swappedOut, windowOf({ processes: faulting(2000n), memory: memory(0) }))).toBe(true);
    expect(isQuiet(swappedOut, windowOf({ processes: faulting(2000n) }))).toBe(true);
    expect(isQuiet(swappedOut, windowOf({ processes: faulting(99n), memory: memory(4096) }))).toBe(true);
    const target = new Set([10]);
    const little = { processes: faulting(50n), memory: memory(4096), target, stalls: swapIns(9e7) };
    expect(isQuiet(swappedOut, windowOf(little))).toBe(true);
  });

  it('says what could not be read', () => {
    const result = swappedOut.check(windowOf({ processes: faulting(2000n), memory: memory(DENIED) }));
    expect(result).toMatchObject({ findings: [], gaps: [{ field: 'swapBytes', reason: 'denied' }] });
  });
});
