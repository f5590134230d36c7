/** The language of the page, and the sentences said in it. */
import { signal } from '@preact/signals';
import type { Language, Sentence } from '../base/sentence.ts';

function preferred(): Language {
  const kept = localStorage.getItem('language');
  if (kept === 'en' || kept === 'ko') return kept;
  return navigator.language.startsWith('ko') ? 'ko' : 'en';
}

export const language = signal<Language>(preferred());

language.subscribe((chosen) => {
  document.documentElement.lang = chosen;
  localStorage.setItem('language', chosen);
});

export function say(sentence: Sentence): string {
  return sentence[language.value];
}

/** Two texts, one of them said: for words that stand in one place only. */
export function words(en: string, ko: string): string {
  return say({ en, ko });
}
