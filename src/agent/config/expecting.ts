/** What a value should have been, in both languages, as the one text that a schema can carry. */
import type { Sentence } from '../../base/sentence.ts';
import { verbatim } from '../../base/sentence.ts';

const BETWEEN = '\u0000';

export function expecting(en: string, ko: string): string {
  return `${en}${BETWEEN}${ko}`;
}

export function expectedSentence(message: string): Sentence {
  const [en = '', ko] = message.split(BETWEEN);
  return ko === undefined ? verbatim(en) : { en, ko };
}
