/** The diagnosis tree for memory, as lines and as JSON: each question with its answer and the numbers behind it. */

import type { Sentence } from '../../../base/sentence.ts';
import type { Answer, Answered } from '../../../diagnosis/memory-tree/branch.ts';
import type { MemoryDiagnosis } from '../../../diagnosis/memory-tree/diagnose-memory.ts';
import type { Json } from '../../command.ts';
import { evidenceJson, formatEvidence, wrapEvidence } from '../../output/evidence.ts';
import { type Look, padEnd, safeName } from '../../output/look.ts';

const ANSWERS: Readonly<Record<Answer, Sentence>> = {
  yes: { en: 'yes', ko: '예' },
  no: { en: 'no', ko: '아니요' },
  unknown: { en: '?', ko: '?' },
};
const ANSWER_CELLS = 7;

/** Below a no, only what is a yes all the same. */
export function treeLines({ tree }: MemoryDiagnosis, look: Look): string[] {
  const head = look.say({ en: 'Memory, question by question:', ko: '메모리, 질문별:' });
  return [head, ...tree.flatMap((one) => branchLines(one, 1, look))];
}

function branchLines(branch: Answered, depth: number, look: Look): string[] {
  const answer = padEnd(look.say(ANSWERS[branch.answer]), ANSWER_CELLS);
  const indent = '  '.repeat(depth);
  const evidence = branch.evidence
    .map((one) => `${safeName(look.say(one.text))} ${formatEvidence(one, look)}`)
    .join(', ');
  const text = evidence === '' ? look.say(branch.question) : `${look.say(branch.question)}: ${evidence}`;
  const [first = '', ...rest] = wrapEvidence(text, look.width - indent.length - ANSWER_CELLS);
  const under = ' '.repeat(indent.length + ANSWER_CELLS);
  const lines = [`${indent}${answer}${first}`, ...rest.map((line) => under + line)];
  const shown = branch.next.filter((one) => branch.answer !== 'no' || hasYes(one));
  return [
    ...(branch.answer === 'yes' ? lines : lines.map(look.colors.dim)),
    ...shown.flatMap((one) => branchLines(one, depth + 1, look)),
  ];
}

function hasYes(branch: Answered): boolean {
  return branch.answer === 'yes' || branch.next.some(hasYes);
}

/** Said where it is not memory: that is an answer, and where to look is the next command. */
export function notMemoryLines({ causes, elsewhere }: MemoryDiagnosis, look: Look): string[] {
  if (causes.length > 0 || elsewhere === null) return [];
  const { thread, text, evidence, command } = elsewhere;
  const name = `${safeName(thread.comm)} ${thread.tid}`;
  return wrapEvidence(
    look.say({
      en: `Not memory: ${name} was ${text.en} ${formatEvidence(evidence, look)} of the time; look there: ${command}`,
      ko: `메모리가 아님: ${name} ${text.ko} ${formatEvidence(evidence, look)}. 확인: ${command}`,
    }),
    look.width,
  );
}

export function memoryJson(memory: MemoryDiagnosis | null): Json {
  if (memory === null) return null;
  const { tree, causes, elsewhere } = memory;
  return {
    causes: causes.map((cause) => cause.rule),
    tree: tree.map(branchJson),
    elsewhere:
      elsewhere === null
        ? null
        : {
            kind: elsewhere.kind,
            tid: elsewhere.thread.tid,
            comm: elsewhere.thread.comm,
            ...evidenceJson(elsewhere.evidence),
            command: elsewhere.command,
          },
  };
}

function branchJson({ id, question, answer, evidence, next }: Answered): Json {
  return {
    id,
    question: question.en,
    answer,
    evidence: evidence.map(evidenceJson),
    next: next.map(branchJson),
  };
}
