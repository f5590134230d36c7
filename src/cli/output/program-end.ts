/** How a program ended that keel launched to watch it. */
import type { Sentence } from '../../base/sentence.ts';
import type { ProgramEnd } from '../../model/faults/recording.ts';
import { safeName } from './look.ts';

/** Only where there was one and it did not end well. */
export function programEndText(program: ProgramEnd | null): Sentence[] {
  if (program === null || program.exitStatus === 0) return [];
  const name = safeName(program.words[0] ?? '');
  return [
    program.signal === null
      ? {
          en: `${name} exited with status ${program.exitStatus}.`,
          ko: `${name}이(가) 종료 상태 ${program.exitStatus}(으)로 끝났습니다.`,
        }
      : {
          en: `${name} was ended by ${program.signal}.`,
          ko: `${name}이(가) ${program.signal}(으)로 끝났습니다.`,
        },
  ];
}

export function programEndJson(program: ProgramEnd | null) {
  return program && { words: program.words, exitStatus: program.exitStatus, signal: program.signal };
}
