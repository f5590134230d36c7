/** What the machine lets us do, one ability at a time: the steps of the ladder that `keel doctor` shows. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Capabilities, CapabilityName } from '../model/capabilities.ts';

/** `unknown`: it could not be tried, as on a captured machine. */
export const ABILITY_STATES = ['ok', 'partly', 'no', 'unknown'] as const;
export type AbilityState = (typeof ABILITY_STATES)[number];

export interface Judgement {
  readonly state: AbilityState;
  /** What there is, in a few words. */
  readonly detail: Sentence;
  /** Why it is not all; null where it is. */
  readonly because: Sentence | null;
  /** What is missing without it. */
  readonly costs: Sentence | null;
  /** How to allow it; null where nothing helps. */
  readonly grant: Sentence | null;
}

export interface Ability {
  readonly id: string;
  readonly name: Sentence;
  /** Pure. */
  readonly judge: (machine: Capabilities) => Judgement;
}

export function ready(detail: Sentence): Judgement {
  return { state: 'ok', detail, because: null, costs: null, grant: null };
}

/** Whether the user holds it; where that is not known, no. */
export function holds(machine: Capabilities, name: CapabilityName): boolean {
  return !isMissing(machine.held) && machine.held.has(name);
}

/** Whether a trial succeeded. */
export function succeeded(trial: Maybe<true>): boolean {
  return trial === true;
}

/** Whether it was not tried at all, or is not in the capture: nothing can be said then. */
export function untried(value: Maybe<unknown>): boolean {
  return isMissing(value) && value.missing === 'not-captured';
}

export const NOT_TRIED: Judgement = {
  state: 'unknown',
  detail: {
    en: 'not in the capture',
    ko: '캡처에 없음',
  },
  because: null,
  costs: null,
  grant: null,
};
