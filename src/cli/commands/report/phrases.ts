/** Words and cells that all parts of a report use. */
import { type Sentence, verbatim } from '../../../base/sentence.ts';
import type { Block } from '../../../report/page.ts';
import { safeName } from '../../output/look.ts';

/** With whatever processes call themselves made harmless. */
export function safe({ en, ko }: Sentence): Sentence {
  return { en: safeName(en), ko: safeName(ko) };
}

export function paragraph(text: Sentence): Block {
  return { kind: 'text', text: safe(text) };
}

export function cell(text: string): Sentence {
  return verbatim(safeName(text));
}

export const left = (title: Sentence) => ({ title, align: 'left' as const });
export const right = (title: Sentence) => ({ title, align: 'right' as const });
