/** Advice that guides repeat for kinds of programs and for settings of the machine: when it holds, and when not. */
import type { Sentence } from '../base/sentence.ts';
import type { Situation } from './situation.ts';

export interface Advised {
  readonly applies: boolean;
  /** Why, with the numbers; what to do where it applies. */
  readonly text: Sentence;
  /** null where there is nothing to type. */
  readonly command: string | null;
  readonly undo: string | null;
}

export interface Advice {
  readonly id: string;
  /** What it is about. */
  readonly about: Sentence;
  /** Pure. null where this process or machine has nothing to do with it. */
  readonly consider: (situation: Situation) => Advised | null;
}

export function advised(
  applies: boolean,
  en: string,
  ko: string,
  command: string | null = null,
  undo: string | null = null,
): Advised {
  return { applies, text: { en, ko }, command, undo };
}
