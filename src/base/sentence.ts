/**
 * A sentence for a person, in every language the tool speaks.
 *
 * Whoever has something to say makes a `Sentence`; the edge that prints it chooses the language. Leaving out a
 * language does not compile, so a catalog can never fall behind the code.
 */
export type Language = 'en' | 'ko';

export const LANGUAGES: readonly Language[] = ['en', 'ko'];

export type Sentence = Readonly<Record<Language, string>>;

/** A phrase that is the same in every language: a command line, a path, a number with its unit. */
export function verbatim(text: string): Sentence {
  return { en: text, ko: text };
}

/** English counts: `plural(1, 'thread')` is "1 thread", `plural(2, 'thread')` is "2 threads". */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${groupDigits(count)} ${count === 1 ? singular : several}`;
}

/** `402,118`: what toLocaleString('en-US') writes, without the 5 ms it takes to load its tables. */
export function groupDigits(count: number | bigint): string {
  return grouped(String(count));
}

/** `4,199.0`: the same with so many decimals. */
export function groupDecimals(value: number, decimals: number): string {
  const [whole = '', ...parts] = value.toFixed(decimals).split('.');
  return [grouped(whole), ...parts].join('.');
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ',');
}
