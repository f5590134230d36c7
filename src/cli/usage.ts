/** How a command is written: one line, for help, the man page and the documentation. */
import type { Sentence } from '../base/sentence.ts';
import type { Command } from './command.ts';

const OPTIONS: Sentence = { en: '[options]', ko: '[옵션]' };

/** `keel pin <target> <cpus> [options]` */
export function usageOf(command: Command): Sentence {
  const words = ['keel', command.name, ...command.arguments.map((argument) => argument.name)];
  return { en: [...words, OPTIONS.en].join(' '), ko: [...words, OPTIONS.ko].join(' ') };
}
