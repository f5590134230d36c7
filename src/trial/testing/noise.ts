/**
 * Noise to lay a trial over: waiting times of a thread in steps of 100 ms, recorded or synthetic. Segments of a recording
 * (mean 20 s) are strung together (stationary bootstrap: Politis and Romano, JASA 89, 1994), so that no two trials see
 * the same. Every arm of a trial sees the same series, so a candidate that changes nothing changes nothing exactly.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../../stats/random.ts';

export const STEP_NS = 100e6;
const WAKE_UPS = 6.4;

/** Run delay and wake-ups of one step. */
export interface Step {
  readonly delayUs: number;
  readonly wakeUps: number;
}

/** @param length in steps */
export type Noise = (random: SeededRandom, length: number) => readonly Step[];

const FOLDER = join(import.meta.dirname, '../../../fixtures/trial-series');

function recording(name: string): readonly Step[] {
  const pairs = readFileSync(join(FOLDER, `${name}.txt`), 'utf8')
    .trim()
    .split(/\s+/);
  return pairs.map((pair) => {
    const [delayUs, wakeUps] = pair.split('/').map(Number) as [number, number];
    return { delayUs, wakeUps };
  });
}

/** The recordings by name; `mixed` goes from one to another. */
export function recordedNoises(): ReadonlyMap<string, Noise> {
  const names = readdirSync(FOLDER).flatMap((file) => /^(\w+)\.txt$/.exec(file)?.[1] ?? []);
  const recordings = names.sort().map((name) => [name, recording(name)] as const);
  const all = recordings.map(([, steps]) => steps);
  return new Map([
    ...recordings.map(([name, steps]) => [name, bootstrap([steps])] as const),
    ['mixed', bootstrap(all)],
  ]);
}

const SEGMENT_STEPS = 200;

function bootstrap(recordings: readonly (readonly Step[])[]): Noise {
  return (random, length) => {
    const steps: Step[] = [];
    while (steps.length < length) {
      const source = recordings[random.below(recordings.length)] as readonly Step[];
      const from = random.below(source.length);
      const count = Math.max(30, Math.round(exponential(random) * SEGMENT_STEPS));
      for (let i = 0; i < count && steps.length < length; i += 1) {
        steps.push(source[(from + i) % source.length] as Step);
      }
    }
    return steps;
  };
}

export const SYNTHETIC = ['iid', 'ar', 'pareto', 'drift', 'step', 'all'] as const;
export type Synthetic = (typeof SYNTHETIC)[number];

/** Log-normal steps around 0.6 ms, with correlated levels, Pareto bursts, a drift, a step, or all of them. */
export function syntheticNoise(kind: Synthetic): Noise {
  const has = (one: Synthetic) => kind === one || kind === 'all';
  return (random, length) => {
    const level = new Float64Array(length);
    if (has('ar')) addWander(level, random);
    if (has('pareto')) addBursts(level, random);
    const slope = has('drift') ? (random.below(2) === 0 ? -1.5 : 1.5) : 0;
    const stepAt = has('step') ? random.below(length) : length;
    const stepBy = random.below(2) === 0 ? -2 : 2;
    return Array.from(level, (one, i) => {
      const drift = slope * ((2 * i) / length - 1);
      const log = one + drift + (i >= stepAt ? stepBy : 0) + 0.2 * normal(random);
      return { delayUs: Math.min(2e6, 600 * Math.exp(log)) * WAKE_UPS, wakeUps: WAKE_UPS };
    });
  };
}

/** AR(1) with a time constant of 5 s. */
function addWander(level: Float64Array, random: SeededRandom): void {
  const keeps = Math.exp(-0.1 / 5);
  let at = 1.2 * normal(random);
  for (let i = 0; i < level.length; i += 1) {
    level[i] = (level[i] as number) + at;
    at = keeps * at + Math.sqrt(1 - keeps * keeps) * 1.2 * normal(random);
  }
}

/** Bursts of 5 to 55 times, with lengths and gaps of no finite variance. */
function addBursts(level: Float64Array, random: SeededRandom): void {
  let i = Math.round(exponential(random) * 50);
  while (i < level.length) {
    const steps = Math.max(1, Math.round(Math.min(300, 2 * pareto(random, 1.1))));
    const height = Math.log(5 + 50 * random.float());
    for (const end = Math.min(level.length, i + steps); i < end; i += 1)
      level[i] = (level[i] as number) + height;
    i += Math.round(Math.min(600, 20 * pareto(random, 1.2)));
  }
}

/** Ten times as slow in the first 0.6 s of every `periodSteps`: locked to the rounds of a trial of that length. */
export function lockedBursts(periodSteps: number): Noise {
  return (random, length) =>
    Array.from({ length }, (_, i) => ({
      delayUs: 600 * Math.exp(0.2 * normal(random)) * (i % periodSteps < 6 ? 10 : 1) * WAKE_UPS,
      wakeUps: WAKE_UPS,
    }));
}

function exponential(random: SeededRandom): number {
  return -Math.log(1 - random.float());
}

function pareto(random: SeededRandom, index: number): number {
  return (1 - random.float()) ** (-1 / index);
}

/** Box and Muller. */
function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}
