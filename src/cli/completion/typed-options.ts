/** Options on a line that is still being typed, and may be wrong. */
import type { Option } from '../command.ts';
import { flagsOf } from '../parse.ts';

export interface GivenOption {
  readonly option: Option<unknown>;
  /** What of the word being typed is not the value: `--lang=`. */
  readonly prefix: string;
}

/** The option whose value is being typed: `--lang k`, `--lang=k`, `-o f`; null where it is none. */
export function optionBeingGiven(
  before: readonly string[],
  typed: string,
  options: readonly Option<unknown>[],
): GivenOption | null {
  const equals = typed.indexOf('=');
  const inWord = equals < 0 ? undefined : taking(typed.slice(0, equals), options);
  if (inWord !== undefined) return { option: inWord, prefix: typed.slice(0, equals + 1) };
  const last = taking(before.at(-1), options);
  return last === undefined ? null : { option: last, prefix: '' };
}

/** How many arguments the words hold. */
export function positionalsIn(words: readonly string[], options: readonly Option<unknown>[]): number {
  let count = 0;
  for (let at = 0; at < words.length; at += 1) {
    const isOption = words[at]?.startsWith('-') === true;
    if (!isOption) count += 1;
    else if (taking(words[at], options) !== undefined) at += 1;
  }
  return count;
}

/** `--out` and `-o`, the long one first. */
export function spellings(option: Option<unknown>): readonly [string, ...string[]] {
  const { long, short } = flagsOf(option);
  return short === null ? [`--${long}`] : [`--${long}`, `-${short}`];
}

function taking(word: string | undefined, options: readonly Option<unknown>[]): Option<unknown> | undefined {
  return options.find(
    (option) => option.parse !== undefined && spellings(option).some((name) => name === word),
  );
}
