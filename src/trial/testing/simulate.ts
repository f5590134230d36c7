/** Runs a trial over noise: the race of the real thing, with blocks cut from a series instead of a machine. */
import { SeededRandom } from '../../stats/random.ts';
import { type BlockValue, NO_GUARDS } from '../block.ts';
import { WAITING } from '../objective.ts';
import { Race, type RaceDesign, type RaceResult } from '../race.ts';
import { BUDGET_NS, roundsWithin } from '../rules.ts';
import { type Noise, STEP_NS, type Step } from './noise.ts';

const WASHOUT_STEPS = 1;
const BLOCK_STEPS = 5;
/** Waiting below this is the machine's own, and no placement changes it. */
const FLOOR_US = 60;

export interface SimulatedTrial {
  readonly noise: Noise;
  /** What each candidate multiplies the waiting by; 1 changes nothing. */
  readonly factors: readonly number[];
  readonly seed: number;
  readonly budgetNs?: number;
  /** Runs the arms in this order instead of the drawn one: to show what is wrong with that. */
  readonly reorder?: (arms: readonly number[]) => readonly number[];
}

export function simulate(trial: SimulatedTrial): RaceResult {
  const budgetNs = trial.budgetNs ?? BUDGET_NS;
  // The noise must not share its seed with the order of the blocks.
  const steps = trial.noise(new SeededRandom(trial.seed ^ 0x5bd1_e995), Math.ceil(budgetNs / STEP_NS));
  const race = new Race(designOf(trial, budgetNs));
  let at = 0;
  const measure = (arm: number): BlockValue => {
    const block = steps.slice(at + WASHOUT_STEPS, at + WASHOUT_STEPS + BLOCK_STEPS);
    at += WASHOUT_STEPS + BLOCK_STEPS;
    const factor = arm === 0 ? 1 : (trial.factors[arm - 1] as number);
    return { value: waitingNs(block, factor), elapsedNs: 6 * STEP_NS, guards: NO_GUARDS };
  };
  for (;;) {
    const arms = race.nextRound();
    if (arms === null) return race.result();
    const order = trial.reorder?.(arms) ?? arms;
    race.addRound(new Map(order.map((arm) => [arm, measure(arm)])));
  }
}

export function designOf({ factors, seed }: SimulatedTrial, budgetNs: number): RaceDesign {
  return {
    objective: WAITING,
    candidates: factors.map((factor, i) => ({ name: `${i}x${factor}`, waivedGuards: [] })),
    mostRounds: roundsWithin(budgetNs),
    budgetNs,
    seed,
  };
}

function waitingNs(block: readonly Step[], factor: number): number {
  let delayUs = 0;
  let wakeUps = 0;
  for (const step of block) {
    const mean = step.wakeUps === 0 ? 0 : step.delayUs / step.wakeUps;
    const scaled = mean > FLOOR_US ? FLOOR_US + (mean - FLOOR_US) * factor : mean;
    delayUs += scaled * step.wakeUps;
    wakeUps += step.wakeUps;
  }
  // Starved: it waited for as long as the block was.
  return wakeUps === 0 ? block.length * STEP_NS : (delayUs / wakeUps) * 1000;
}
