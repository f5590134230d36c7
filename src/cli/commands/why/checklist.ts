/** The checklist as a document and as lines. */
import type { AnsweredItem } from '../../../app/run-checklist.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { Status } from '../../../diagnosis/checklist-item.ts';
import type { DocumentOutput } from '../../command.ts';
import { evidenceJson, formatEvidence, wrapEvidence } from '../../output/evidence.ts';
import { type Look, padEnd, safeName } from '../../output/look.ts';

const WORDS: Readonly<Record<Status, Sentence>> = {
  pass: { en: 'pass', ko: '통과' },
  fail: { en: 'fail', ko: '실패' },
  unknown: { en: '?', ko: '?' },
};
const WORD_CELLS = 6;

export function checklistOutput(items: readonly AnsweredItem[]): DocumentOutput {
  const count = (status: Status) => items.filter((item) => item.status === status).length;
  return {
    kind: 'document',
    findings: count('fail'),
    json: {
      schema: 'keel.why.checklist/1',
      passed: count('pass'),
      failed: count('fail'),
      unknown: count('unknown'),
      items: items.map(({ id, question, status, found, evidence, advice }) => ({
        id,
        question: question.en,
        status,
        found: found.en,
        evidence: evidence.map(evidenceJson),
        advice: advice?.en ?? null,
      })),
    },
    lines: (look) => [
      look.colors.bold(
        look.say({
          en: `${count('pass')} of ${items.length} pass, ${count('fail')} fail, ${count('unknown')} unknown`,
          ko: `${items.length}개 중 통과 ${count('pass')}, 실패 ${count('fail')}, 알 수 없음 ${count('unknown')}`,
        }),
      ),
      ...items.flatMap((item) => itemLines(item, look)),
    ],
  };
}

function itemLines({ status, question, found, evidence, advice }: AnsweredItem, look: Look): string[] {
  const numbers = evidence.map((one) => `${safeName(look.say(one.text))} ${formatEvidence(one, look)}`);
  const text = `${look.say(question)} ${[look.say(found), ...numbers].join(', ')}`;
  const indent = ' '.repeat(WORD_CELLS);
  const [first = '', ...rest] = wrapEvidence(text, look.width - WORD_CELLS);
  const word = padEnd(look.say(WORDS[status]), WORD_CELLS);
  return [
    (status === 'fail' ? look.colors.yellow(word) : word) + first,
    ...rest.map((line) => indent + line),
    ...(advice === null
      ? []
      : wrapEvidence(look.say(advice), look.width - WORD_CELLS).map(
          (line) => indent + look.colors.dim(line),
        )),
  ];
}
