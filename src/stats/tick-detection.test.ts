import { describe, expect, it } from 'vitest';
import { random } from './testing/random.ts';
import { detectTick, type WeighedEvent } from './tick-detection.ts';

const SECONDS = 6;

/** On a grid, with jitter, extra sleeps in a third of the ticks, and one in twenty missed, as a game server has them. */
function ticking(hz: number, seed: number, jitterNs = 200_000): WeighedEvent[] {
  const next = random(seed);
  const events: WeighedEvent[] = [];
  for (let i = 0; i < hz * SECONDS; i += 1) {
    const dueNs = 5e12 + (i * 1e9) / hz;
    if (next() < 0.05) continue;
    const workNs = 1e9 / hz / 20 + (next() * 1e9) / hz / 8;
    events.push({ timeNs: dueNs + next() * jitterNs, weightNs: workNs });
    if (next() < 0.33) events.push({ timeNs: dueNs + workNs + 300_000, weightNs: 200_000 });
  }
  return events;
}

function poisson(perSec: number, seed: number, weightNs = 1e6): WeighedEvent[] {
  const next = random(seed);
  const events: WeighedEvent[] = [];
  for (let ns = 5e12; ns < 5e12 + SECONDS * 1e9; ns += (-Math.log(1 - next()) * 1e9) / perSec)
    events.push({ timeNs: Math.round(ns), weightNs: weightNs * (0.5 + next()) });
  return events;
}

const merged = (...parts: WeighedEvent[][]) => parts.flat().sort((a, b) => a.timeNs - b.timeNs);

describe('a thread that ticks', () => {
  it.each([20, 30, 60, 64, 128])('at %i Hz is found, within a tenth of a percent', (hz) => {
    for (const seed of [1, 2, 3]) {
      const tick = detectTick(ticking(hz, seed));
      expect(Math.abs((tick?.hz ?? 0) / hz - 1)).toBeLessThan(0.001);
      expect(tick?.ticks).toBeGreaterThan(0.9 * hz * SECONDS);
      expect(tick?.periods).toBeLessThanOrEqual(hz * SECONDS);
    }
  });

  it.each([20, 64])('at %i Hz is found among other wake-ups of the same thread that work less', (hz) => {
    const noise = poisson(300, 7, 0.1e6);
    expect(Math.abs((detectTick(merged(ticking(hz, 4), noise))?.hz ?? 0) / hz - 1)).toBeLessThan(0.01);
  });

  it('at a rate that is no round number is found as well', () => {
    expect(detectTick(ticking(61.95, 5))?.hz).toBeCloseTo(61.95, 1);
  });

  it('tells how many ticks were missed', () => {
    const events = ticking(60, 6).filter((one) => (one.timeNs - 5e12) % 3e9 > 0.5e9);
    const tick = detectTick(events);
    expect(tick?.periods).toBeGreaterThan(5 * 60);
    expect((tick?.ticks ?? 0) / (tick?.periods ?? 1)).toBeLessThan(0.9);
  });
});

describe('what is no tick', () => {
  it.each([
    ['wake-ups at random', poisson(60, 11)],
    ['many of them', poisson(900, 12)],
    ['a few of them', poisson(8, 17)],
    ['a loop that sleeps for a while and works for a varying one', freeRunning(13)],
    ['too few events', ticking(64, 14).slice(0, 25)],
    ['too short a time', ticking(64, 15).filter((one) => one.timeNs < 5e12 + 2e9)],
    ['none', []],
  ])('%s', (_, events) => {
    expect(detectTick(events)).toBeNull();
  });

  it('a steady rate above those of ticks', () => {
    expect(detectTick(ticking(250, 16, 0))).toBeNull();
  });
});

function freeRunning(seed: number): WeighedEvent[] {
  const next = random(seed);
  const events: WeighedEvent[] = [];
  for (let ns = 5e12; ns < 5e12 + SECONDS * 1e9; ) {
    const workNs = 1e6 + next() * 8e6;
    events.push({ timeNs: Math.round(ns), weightNs: workNs });
    ns += workNs + 10e6;
  }
  return events;
}

describe('against chance', () => {
  it.each([8, 30, 120])(
    'finds no tick among %i random wake-ups a second, whatever their weights',
    (perSec) => {
      const found = Array.from({ length: 30 }, (_, seed) => {
        const next = random(1000 + seed);
        const heavyTailed = poisson(perSec, seed).map((one) => ({
          ...one,
          weightNs: 1e4 * (1 - next()) ** -0.8,
        }));
        return detectTick(heavyTailed) ?? detectTick(poisson(perSec, 500 + seed));
      });
      expect(found.filter((tick) => tick !== null)).toEqual([]);
    },
  );

  it('finds a tick beside random work that weighs almost as much', () => {
    const found = Array.from({ length: 10 }, (_, seed) =>
      detectTick(merged(ticking(64, seed), poisson(60, 100 + seed, 1.4e6))),
    );
    for (const tick of found) expect(Math.abs((tick?.hz ?? 0) / 64 - 1)).toBeLessThan(0.01);
  });
});
