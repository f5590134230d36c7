/** What a trial tries to lower or to raise, and the scale on which blocks are compared. */
import type { Sentence } from '../base/sentence.ts';
import { NS_PER_MS, NS_PER_US } from '../base/units.ts';

/** Of a block's value; null is a number of the user's own. */
export type ObjectiveUnit = 'Ns' | 'Pct' | 'PerSec' | 'Ratio' | null;

export const OBJECTIVE_IDS = [
  'waiting',
  'run-time',
  'wake-ups',
  'instructions',
  'fault-stall',
  'probe',
] as const;

export interface Objective {
  readonly id: (typeof OBJECTIVE_IDS)[number];
  readonly label: Sentence;
  readonly unit: ObjectiveUnit;
  readonly better: 'lower' | 'higher';
  /** In the unit: what differs by less is taken as equal. Above 0. */
  readonly floor: number;
  /** The safety stop acts on values above this only; null where any value may. */
  readonly alarm: number | null;
}

/** Time spent runnable and waiting, per wake-up. The floor keeps an idle machine from having "gains" of a few µs. */
export const WAITING: Objective = {
  id: 'waiting',
  label: { en: 'waiting per wake-up', ko: '깨어날 때마다 기다린 시간' },
  unit: 'Ns',
  better: 'lower',
  floor: 50 * NS_PER_US,
  alarm: 2 * NS_PER_MS,
};

/** Run time of all threads, as a share of one CPU. */
export const RUN_TIME: Objective = {
  id: 'run-time',
  label: { en: 'CPU time it gets', ko: '얻는 CPU 시간' },
  unit: 'Pct',
  better: 'higher',
  floor: 1,
  alarm: null,
};

/** Voluntary switches of all threads: a server that waits between pieces of work does one per piece. */
export const WAKE_UPS: Objective = {
  id: 'wake-ups',
  label: { en: 'pieces of work (wake-ups)', ko: '처리한 작업 (깨어난 횟수)' },
  unit: 'PerSec',
  better: 'higher',
  floor: 5,
  alarm: null,
};

/** Instructions per cycle: how little the threads wait for memory. */
export const INSTRUCTIONS: Objective = {
  id: 'instructions',
  label: { en: 'instructions per cycle', ko: '사이클당 명령 수' },
  unit: 'Ratio',
  better: 'higher',
  floor: 0.02,
  alarm: null,
};

/** Time that page faults held threads, as a share of the block. The floor keeps what nobody notices from being a gain. */
export const FAULT_STALL: Objective = {
  id: 'fault-stall',
  label: { en: 'held by page faults', ko: '페이지 폴트로 멈춤' },
  unit: 'Pct',
  better: 'lower',
  floor: 0.5,
  alarm: null,
};

/** A block's value as a cost on a logarithmic scale: lower is better, whatever the objective. */
export function costLog(objective: Objective, value: number): number {
  return sign(objective) * Math.log(value + objective.floor);
}

/** The same in the objective's unit. */
export function cost(objective: Objective, value: number): number {
  return sign(objective) * value;
}

/** A difference of `costLog` as a change of the value: -83 is a fall by 83 %. */
export function changePct(objective: Objective, differenceLog: number): number {
  return (Math.exp(sign(objective) * differenceLog) - 1) * 100;
}

/** An interval of them, lower end first. */
export function intervalPct(
  objective: Objective,
  lowLog: number,
  highLog: number,
): readonly [number, number] {
  const ends = [changePct(objective, lowLog), changePct(objective, highLog)];
  return [Math.min(...ends), Math.max(...ends)];
}

function sign({ better }: Objective): 1 | -1 {
  return better === 'lower' ? 1 : -1;
}
