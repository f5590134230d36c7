/** Whether a change that was kept goes wrong in the minute after: one of the rare cases that a short trial cannot see. */
import { median } from '../stats/order.ts';
import { costLog, type Objective } from './objective.ts';
import { RULES } from './rules.ts';

export class KeptWatch {
  readonly #objective: Objective;
  readonly #usualLog: number;
  #badInARow = 0;

  /** @param baseline the values of the trial's baseline, at least one */
  constructor(objective: Objective, baseline: readonly number[]) {
    this.#objective = objective;
    this.#usualLog = costLog(objective, median(baseline));
  }

  /** @returns whether it must be undone: so many blocks in a row far worse than before the change, and alarming */
  add(value: number): boolean {
    const { alarm } = this.#objective;
    const isWorse = costLog(this.#objective, value) - this.#usualLog > Math.log(RULES.safetyRatio);
    this.#badInARow = isWorse && (alarm === null || value > alarm) ? this.#badInARow + 1 : 0;
    return this.#badInARow >= RULES.safetyRounds;
  }
}
