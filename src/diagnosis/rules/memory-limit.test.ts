import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import type { MemoryLimitUse } from '../../model/memory-limits.ts';
import { DENIED, isQuiet, only, stallsOf, windowOf } from '../testing/windows.ts';
import { memoryLimit } from './memory-limit.ts';

const MIB = 1n << 20n;
const processes = [
  { tgid: 10, comm: 'small' },
  { tgid: 11, comm: 'arena', stat: { majorFaults: 900n } },
];
const group = (over: Partial<MemoryLimitUse> = {}): MemoryLimitUse => ({
  at: { version: 2, cgroup: '/system.slice/arena.service', folder: '/cg/system.slice/arena.service' },
  limit: { kind: 'max', bytes: 512n * MIB },
  usedBytes: 511n * MIB,
  hits: 4000,
  refaults: 20_000,
  stalledNs: 3e9,
  tgids: [10, 11],
  ...over,
});
const check = (over: Partial<MemoryLimitUse>, more: object = {}) =>
  memoryLimit.check(windowOf({ processes, memoryLimits: [group(over)], ...more }));

describe('memory-limit', () => {
  it('names who waits most, the limit, and what came back; the share is the measured waiting', () => {
    const found = only(check({}, { units: new Map([[11, 'arena.service']]) }));
    expect(found).toMatchObject({ subject: { tgid: 11 }, weightRatio: 0.3, isEstimate: false });
    expect(found.verdict.en).toBe(
      'LATE BECAUSE OF THE MEMORY LIMIT: arena 11 (arena.service) may use 512 MiB',
    );
    expect(found.evidence.map(({ value, unit }) => [value, unit])).toEqual([
      [400, 'PerSec'],
      [2000, 'PerSec'],
      [Number(511n * MIB), 'Bytes'],
      [Number(512n * MIB), 'Bytes'],
      [3e9, 'Ns'],
    ]);
    expect(found.remedies[0]).toMatchObject({
      command: 'systemctl set-property --runtime arena.service MemoryMax=1073741824',
      undo: 'systemctl set-property --runtime arena.service MemoryMax=536870912',
    });
  });

  it('counts what faults waited for storage, where the pages that came back explain them', () => {
    const swapIns = (faults: number) => ({
      target: new Set([11]),
      stalls: stallsOf({ 'swap-in': { stallNs: 7e9, faults } }),
    });
    const at = (faults: number, over: Partial<MemoryLimitUse> = {}) =>
      only(check({ stalledNs: 0.5e9, ...over }, swapIns(faults)));
    expect(at(21_000)).toMatchObject({ weightRatio: 0.7, isEstimate: false });
    expect(at(41_000)).toMatchObject({ weightRatio: 0.05 });
    expect(at(21_000, { stalledNs: missing('absent', 'pressure') })).toMatchObject({ isEstimate: false });
  });

  it('estimates the waiting of groups of v1, and undoes through their file', () => {
    const at = { version: 1, cgroup: '/game', folder: '/sys/fs/cgroup/memory/game' } as const;
    const found = only(check({ at, stalledNs: missing('absent', 'pressure') }));
    expect(found).toMatchObject({ weightRatio: 0.2, isEstimate: true });
    expect(found.remedies[0]).toMatchObject({
      command: 'echo 1073741824 > /sys/fs/cgroup/memory/game/memory.limit_in_bytes',
      undo: 'echo 536870912 > /sys/fs/cgroup/memory/game/memory.limit_in_bytes',
    });
  });

  it('puts no name into a command that a shell could take for more than a name', () => {
    const at = { version: 2, cgroup: '/$(id)', folder: '/cg/$(id)' } as const;
    expect(only(check({ at })).remedies).toMatchObject([{ command: null, undo: null }]);
  });

  it('is quiet where the limit is met and nothing comes back, where nothing is met, and about others', () => {
    const quiet = (over: Partial<MemoryLimitUse>, more: object = {}) =>
      isQuiet(memoryLimit, windowOf({ processes, memoryLimits: [group(over)], ...more }));
    expect(quiet({ refaults: 99 })).toBe(true);
    expect(quiet({ hits: 0 })).toBe(true);
    expect(quiet({}, { target: new Set([99]) })).toBe(true);
    expect(isQuiet(memoryLimit, windowOf({ processes }))).toBe(true);
  });

  it('says what could not be read', () => {
    const none = memoryLimit.check(windowOf({ processes, memoryLimits: missing('absent', 'cgroups') }));
    expect([none.closest, none.gaps[0]?.field]).toEqual([null, 'memoryLimits']);
    expect(check({ refaults: DENIED })).toMatchObject({ findings: [], gaps: [{ reason: 'denied' }] });
  });
});
