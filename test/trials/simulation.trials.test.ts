/**
 * The tables of docs/trials.md: what the procedure does over recorded and synthetic noise. Whoever changes a number of
 * src/trial/rules.ts runs this and updates them.
 */
import { describe, expect, it } from 'vitest';
import {
  lockedBursts,
  type Noise,
  recordedNoises,
  SYNTHETIC,
  syntheticNoise,
} from '../../src/trial/testing/noise.ts';
import { simulate } from '../../src/trial/testing/simulate.ts';

const SEEDS = [1, 2, 3];
const TRIALS = 100;
const NOISES: readonly (readonly [string, Noise])[] = [
  ...recordedNoises(),
  ...SYNTHETIC.map((kind) => [kind, syntheticNoise(kind)] as const),
];

interface Cell {
  readonly keptRatio: number;
  readonly meanSec: number;
}

/** @param arm the one that must be kept; any without it */
function cell(noise: Noise, factors: readonly number[], arm?: number, budgetNs?: number): Cell {
  let kept = 0;
  let usedNs = 0;
  for (const seed of SEEDS) {
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const result = simulate({
        noise,
        factors,
        seed: seed * 1_000_003 + trial * 7919,
        ...(budgetNs === undefined ? {} : { budgetNs }),
      });
      if (arm === undefined ? result.keptArm !== null : result.keptArm === arm) kept += 1;
      usedNs += result.usedNs;
    }
  }
  const trials = SEEDS.length * TRIALS;
  return { keptRatio: kept / trials, meanSec: usedNs / trials / 1e9 };
}

function table(title: string, factors: readonly number[], arm?: number): readonly Cell[] {
  const cells = NOISES.map(([, noise]) => cell(noise, factors, arm));
  console.log(
    title,
    Object.fromEntries(NOISES.map(([name], i) => [name, cells[i]?.keptRatio.toFixed(3)])),
    `mean ${mean(cells.map((one) => one.keptRatio)).toFixed(3)}, ${mean(cells.map((one) => one.meanSec)).toFixed(0)} s`,
  );
  return cells;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe(`the procedure over ${NOISES.length} noises, ${SEEDS.length * TRIALS} trials each`, () => {
  it('keeps what changes nothing in at most 5 % anywhere, 3 % overall (4 candidates)', () => {
    const cells = table('A/A', [1, 1, 1, 1]);
    for (const one of cells) expect(one.keptRatio).toBeLessThanOrEqual(0.05);
    expect(mean(cells.map((one) => one.keptRatio))).toBeLessThanOrEqual(0.03);
  });

  it('finds a quarter of the waiting among three that change nothing', () => {
    const cells = table('x0.25', [0.25, 1, 1, 1], 1);
    expect(mean(cells.map((one) => one.keptRatio))).toBeGreaterThanOrEqual(0.95);
  });

  it('finds half of it, and three quarters in many', () => {
    expect(mean(table('x0.5', [0.5, 1, 1, 1], 1).map((one) => one.keptRatio))).toBeGreaterThanOrEqual(0.85);
    expect(mean(table('x0.75', [0.75, 1, 1, 1], 1).map((one) => one.keptRatio))).toBeGreaterThanOrEqual(0.3);
  });

  it('never keeps harm', () => {
    expect(table('x2', [2, 1, 1, 1], 1).map((one) => one.keptRatio)).toEqual(NOISES.map(() => 0));
    expect(table('x4', [4], 1).map((one) => one.keptRatio)).toEqual(NOISES.map(() => 0));
  });

  it('is not fooled by bursts locked to its rounds', () => {
    expect(cell(lockedBursts(12), [1]).keptRatio).toBeLessThanOrEqual(0.05);
  });
});
