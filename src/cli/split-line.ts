/** Finds the command on a line: options of every command may stand before it. */
import { isCommandName } from './find-command.ts';
import { GLOBAL_OPTIONS } from './options.ts';
import { flagsOf } from './parse.ts';

export interface SplitLine {
  /** Of one word or two (`faults record`); undefined where the line ends before a command. */
  readonly word: string | undefined;
  /** The line without the command. */
  readonly rest: readonly string[];
}

/** `keel --lang ko why` means `keel why --lang ko`. */
export function splitLine(line: readonly string[]): SplitLine {
  let at = 0;
  for (;;) {
    const [name, value] = line[at]?.split('=', 2) ?? [];
    const option = Object.values(GLOBAL_OPTIONS).find((one) => `--${flagsOf(one).long}` === name);
    if (option === undefined) break;
    at += option.parse === undefined || value !== undefined ? 1 : 2;
  }
  const two = `${line[at]} ${line[at + 1]}`;
  const words = isCommandName(two) ? 2 : 1;
  return {
    word: words === 2 ? two : line[at],
    rest: [...line.slice(0, at), ...line.slice(at + words)],
  };
}
