/** How keel and its commands are called: for help, the man page and the documentation. */
import type { Sentence } from '../base/sentence.ts';
import type { Command } from './command.ts';

export const PURPOSE: Sentence = {
  en: 'keel finds why a thread was late, tries a change, proves it, keeps or undoes it.',
  ko: 'keel은 스레드가 늦은 이유를 찾고, 변경을 시험하고 입증하며, 유지하거나 되돌립니다.',
};

const OPTIONS: Sentence = { en: '[options]', ko: '[옵션]' };

/** `keel pin <target> <cpus> [options]` */
export function usageOf(command: Command): Sentence {
  const words = ['keel', command.name, ...command.arguments.map((argument) => argument.name)];
  return { en: [...words, OPTIONS.en].join(' '), ko: [...words, OPTIONS.ko].join(' ') };
}
