import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { proposed, refusal } from '../testing/plans.ts';
import { busy, situation, tick, UNKNOWN } from '../testing/situations.ts';
import { slice } from './slice.ts';

const topology = captured('dies');
const of = (...threads: Parameters<typeof tick>[1][]) =>
  situation(topology, { target: { threads: threads.map((changes, i) => tick(100 + i, changes)) } });

describe('a short slice', () => {
  it('is for the thread that waits most', () => {
    const found = proposed(slice, of({}, { runDelayPct: 9 }));
    expect(found.moves).toMatchObject([{ threads: [101], scheduling: { sliceNs: 100_000 } }]);
    expect(found.upToPct).toBe(9);
  });

  it('is refused on kernels without, for real-time threads, for work without a pause, and when set', () => {
    expect(refusal(slice, of({ sliceNs: UNKNOWN }))).toMatch(/Linux 6\.12/);
    expect(refusal(slice, of({ policy: 'fifo' }))).toMatch(/at most 0\.0 %/);
    expect(refusal(slice, of({ sliceNs: 100_000 }))).toMatch(/shortest/);
    const always = situation(topology, { target: { threads: [busy(100, { runPct: 95 })] } });
    expect(refusal(slice, always)).toMatch(/sleep in between/);
  });
});
