import { describe, expect, it } from 'vitest';
import { KeptWatch } from './afterwards.ts';
import { summariseNoise } from './noise.ts';
import { RUN_TIME, WAITING } from './objective.ts';

describe('KeptWatch', () => {
  const watch = () => new KeptWatch(WAITING, [1e6, 2e6, 1e6]);

  it('undoes after six bad blocks in a row, not five and a good one', () => {
    const bad = watch();
    expect([1, 2, 3, 4, 5].map(() => bad.add(9e6))).toEqual(Array(5).fill(false));
    expect(bad.add(9e6)).toBe(true);
    const mostly = watch();
    expect([9e6, 9e6, 9e6, 9e6, 9e6, 1e6, 9e6].some((value) => mostly.add(value))).toBe(false);
  });

  it('is not alarmed below the alarm, and turns round where more is better', () => {
    const idle = new KeptWatch(WAITING, [10e3]);
    expect(
      Array(9)
        .fill(1.5e6)
        .some((value) => idle.add(value)),
    ).toBe(false);
    const slower = new KeptWatch(RUN_TIME, [90]);
    expect(
      Array(6)
        .fill(10)
        .map((value) => slower.add(value))
        .at(-1),
    ).toBe(true);
  });
});

describe('summariseNoise', () => {
  it('sees a drift, and an A/A comparison that holds nothing', () => {
    const rising = Array.from({ length: 40 }, (_, i) => 1e6 * Math.exp(i / 20));
    const { driftPct, selfIntervalPct, pressureHighPct, stealNs } = summariseNoise(
      WAITING,
      rising,
      [
        { pressurePct: 12, stealNs: 5 },
        { pressurePct: null, stealNs: 7 },
      ],
      1,
    );
    expect(driftPct).toBeGreaterThan(100);
    expect(selfIntervalPct?.[0]).toBeLessThan(0);
    expect(selfIntervalPct?.[1]).toBeGreaterThan(0);
    expect([pressureHighPct, stealNs]).toEqual([12, 12]);
  });

  it('says nothing of a few blocks', () => {
    expect(summariseNoise(WAITING, [1e6], [], 1)).toMatchObject({ driftPct: null, selfIntervalPct: null });
  });
});
