/** From the word somebody typed to the command. */
import { KeelError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { verbatim } from '../base/sentence.ts';
import type { CommandEntry } from './command.ts';
import { COMMANDS } from './commands/index.ts';

/**
 * @param besides names that may have been meant too, such as topics of help
 * @throws KeelError E_USAGE with the nearest names
 */
export function findCommand(word: string, besides: readonly string[] = []): CommandEntry {
  const found = COMMANDS.find((entry) => entry.name === word || entry.aliases.includes(word));
  if (found) return found;
  const below = COMMANDS.filter((entry) => entry.name.startsWith(`${word} `)).map((entry) => entry.name);
  if (below.length > 0) throw incomplete(word, below);
  const names = COMMANDS.filter((entry) => !entry.hidden).flatMap((entry) => [entry.name, ...entry.aliases]);
  const near = nearest(word, [...names, ...besides]);
  const topic = besides.some((name) => name === near) ? 'help ' : '';
  throw new KeelError('E_USAGE', {
    what: { en: `there is no command "${word}"`, ko: `"${word}" 명령은 없습니다` },
    next: [
      ...(near === null
        ? []
        : [{ en: `Did you mean: keel ${topic}${near}`, ko: `혹시: keel ${topic}${near}` }]),
      { en: 'All commands: keel help', ko: '모든 명령: keel help' },
    ],
  });
}

/** Some commands have two words: `keel faults record`. */
export function isCommandName(name: string): boolean {
  return COMMANDS.some((entry) => entry.name === name);
}

function incomplete(word: string, below: readonly string[]): KeelError {
  const list = below.map((name) => `keel ${name}`).join(', ');
  return new KeelError('E_USAGE', {
    what: { en: `"${word}" needs a second word`, ko: `"${word}" 뒤에 단어가 하나 더 필요합니다` },
    next: [verbatim(list)],
  });
}
