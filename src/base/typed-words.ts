/**
 * Words of a command line that a person typed, as a shell splits them. Nothing is ever evaluated: `$`, backquotes and the
 * like are letters here.
 */

export interface TypedLine {
  /** Without quotes; the last one is being typed and may be blank. */
  readonly words: readonly string[];
  /** The quote that is still open in the last word; null outside of quotes. */
  readonly openQuote: '"' | "'" | null;
}

/** Cuts at blanks outside of quotes. The end of the text is where the cursor is. */
export function typedWords(text: string): TypedLine {
  const words: string[] = [];
  let word = '';
  let started = false;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const escapes = char === '\\' && quote !== "'" && at + 1 < text.length;
    if (escapes) word += text.charAt(++at);
    else if (char === quote) quote = null;
    else if (quote === null && (char === '"' || char === "'")) quote = char;
    else if (quote === null && /\s/.test(char)) {
      if (started) words.push(word);
      [word, started] = ['', false];
      continue;
    } else word += char;
    started = true;
  }
  return { words: [...words, word], openQuote: quote };
}

/** The words of a whole line. @returns null where a quote is not closed */
export function splitWords(text: string): readonly string[] | null {
  const { words, openQuote } = typedWords(`${text} `);
  return openQuote === null ? words.slice(0, -1) : null;
}
