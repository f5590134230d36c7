/** What to do, with the lines for each tool and how each is taken back. */
import { keelCommands } from '../../../app/recommend-placement.ts';
import { formatPct } from '../../../base/format.ts';
import { type Sentence, verbatim } from '../../../base/sentence.ts';
import type { Block, Section } from '../../../report/page.ts';
import type { Seen } from './look-at.ts';
import { paragraph } from './phrases.ts';

export function adviceSection({ recommended }: Seen): Section {
  const { recommendation } = recommended;
  const { choice } = recommendation;
  return {
    title: { en: 'What to do, and how to take it back', ko: '할 일과 되돌리는 방법' },
    blocks: [
      paragraph(recommendation.verdict),
      ...recommendation.because.map(({ summary, sharePct, isEstimate }) => {
        const share = `${isEstimate ? '≤ ' : ''}${formatPct(sharePct)}`;
        return paragraph({ en: `${share}: ${summary.en}`, ko: `${share}: ${summary.ko}` });
      }),
      ...(choice === null ? [] : [paragraph(choice.expectedGain), paragraph(choice.risk)]),
      ...commandBlocks(recommended),
      ...(choice === null ? [] : artefactBlocks(recommended)),
      ...recommendation.advice
        .filter(({ applies }) => applies)
        .flatMap(({ about, text, command, undo }) => [
          paragraph({ en: `${about.en}: ${text.en}`, ko: `${about.ko}: ${text.ko}` }),
          ...linesBlock({ en: 'Line', ko: '명령' }, command === null ? [] : [command]),
          ...linesBlock(UNDO, undo === null ? [] : [undo]),
        ]),
    ],
  };
}

const UNDO = { en: 'Undo', ko: '되돌리기' };

function commandBlocks(recommended: Seen['recommended']): readonly Block[] {
  const now = keelCommands(recommended);
  const { groups } = recommended;
  return [
    ...linesBlock(WITH_KEEL, now.length === 0 ? [] : [...now, UNDO_MARK, 'keel undo --list']),
    ...linesBlock(
      AS_ROOT,
      groups.length === 0
        ? []
        : [...groups.map(({ now: line }) => line), UNDO_MARK, ...groups.map(({ undo }) => undo)],
    ),
  ];
}

const WITH_KEEL = { en: 'With keel', ko: 'keel로' };
const AS_ROOT = { en: 'In a shell, as root', ko: '셸에서 root로' };

/** In lines to be pasted, so a comment of the shell. */
const UNDO_MARK = '# undo';

function artefactBlocks({ artefacts }: Seen['recommended']): readonly Block[] {
  return artefacts.flatMap(({ form, answer }) => {
    if ('because' in answer) return [];
    const files = answer.files.flatMap(({ path, text }) => [`# ${path}`, ...text.trimEnd().split('\n')]);
    const undo = answer.undo.length === 0 ? [] : [UNDO_MARK, ...answer.undo];
    return linesBlock(verbatim(form), [...files, ...answer.commands, ...undo]);
  });
}

function linesBlock(title: Sentence, lines: readonly string[]): readonly Block[] {
  return lines.length === 0 ? [] : [{ kind: 'lines', title, lines }];
}
