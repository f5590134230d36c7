import { expect, it } from 'vitest';
import { DENIED, isQuiet, only, windowOf } from '../testing/windows.ts';
import { numaHinting } from './numa-hinting.ts';

const counted = (hints: number, moved: number) =>
  windowOf({ vmstat: { numa_hint_faults: hints, numa_pages_migrated: moved } });

it('makes an upper bound of faults and moved pages', () => {
  // On two CPUs: 1,000,000 faults of 2 µs and 100,000 pages of 10 µs are 3 s of 20 s.
  const found = only(numaHinting.check(counted(1_000_000, 100_000)));
  expect(found).toMatchObject({ isEstimate: true, subject: null });
  expect(found.weightRatio).toBeCloseTo(0.15);
});

it('is silent below 1 %, and where the kernel has no such counters', () => {
  expect(isQuiet(numaHinting, counted(90_000, 0))).toBe(true);
  expect(isQuiet(numaHinting, windowOf({}))).toBe(true);
});

it('says where it could not look', () => {
  expect(numaHinting.check(windowOf({ vmstat: DENIED }))).toMatchObject({
    closest: null,
    gaps: [{ field: 'vmstat' }],
  });
});

it('binds the one process that was asked about, and names the line where it is about a machine', () => {
  const window = counted(1_000_000, 0);
  const [asked] = only(numaHinting.check({ ...window, target: new Set([10]) })).remedies;
  expect(asked).toMatchObject({ command: 'keel pin 10 node:0 --mem 0' });
  const [machine] = only(numaHinting.check(window)).remedies;
  expect(machine?.command).toBeNull();
  expect(machine?.text.en).toContain('keel pin TARGET node:0 --mem 0');
});
