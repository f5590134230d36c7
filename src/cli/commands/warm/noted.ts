/** The line of the journal about what was done, below what came of it. */
import type { Noted } from '../../../app/note-done.ts';
import type { DocumentOutput } from '../../command.ts';
import { wrap } from '../../output/wrap.ts';

export function withNote(output: DocumentOutput, noted: Noted): DocumentOutput {
  return {
    ...output,
    json: { ...output.json, noted: 'id' in noted ? noted.id : null },
    lines: (look) => [
      ...output.lines(look),
      ...('id' in noted
        ? []
        : wrap(
            look.say({
              en: `It is not in the journal: ${noted.because.en}`,
              ko: `저널에 남기지 못했습니다: ${noted.because.ko}`,
            }),
            look.width,
          )),
    ],
  };
}
