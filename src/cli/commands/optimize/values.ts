/** Values of an objective, changes and verdicts, as text: the same in the plan, the table while it runs, and the report. */
import { groupDigits, type Sentence } from '../../../base/sentence.ts';
import type { Verdict } from '../../../trial/candidate.ts';
import type { Objective } from '../../../trial/objective.ts';
import { formatDuration, significant } from '../../output/format.ts';
import type { Look } from '../../output/look.ts';

/** `1.94 ms`, `87.1 %`, `312/s`, `0.81`. */
export function formatValue(value: number, { unit }: Objective, look: Look): string {
  switch (unit) {
    case 'Ns':
      return formatDuration(value, look.unicode);
    case 'Pct':
      return `${value.toFixed(1)} %`;
    case 'PerSec':
      return `${short(value)}/s`;
    default:
      return short(value);
  }
}

function short(value: number): string {
  if (value >= 1000) return groupDigits(Math.round(value));
  return value !== 0 && Math.abs(value) < 0.1 ? value.toPrecision(3) : significant(value);
}

/** `-83 %`, `+1,240 %`. */
export function formatChange(pct: number): string {
  return `${signed(pct)} %`;
}

/** `-89 to -75 %` */
export function formatInterval([low, high]: readonly [number, number]): Sentence {
  return { en: `${signed(low)} to ${signed(high)} %`, ko: `${signed(low)} ~ ${signed(high)} %` };
}

function signed(pct: number): string {
  const rounded = Math.abs(pct) < 9.95 ? Number(pct.toFixed(1)) : Math.round(pct);
  if (rounded === 0) return '0';
  const digits = Math.abs(rounded) >= 1000 ? groupDigits(Math.abs(rounded)) : String(Math.abs(rounded));
  return `${rounded < 0 ? '-' : '+'}${digits}`;
}

interface VerdictWord {
  readonly mark: string;
  readonly ascii: string;
  readonly word: Sentence;
}

const WORDS: Readonly<Record<Verdict | 'kept', VerdictWord>> = {
  kept: { mark: '▲', ascii: '^', word: { en: 'kept', ko: '유지' } },
  helps: { mark: '▲', ascii: '^', word: { en: 'helps', ko: '효과 있음' } },
  hurts: { mark: '▼', ascii: 'v', word: { en: 'hurts', ko: '나빠짐' } },
  'no-difference': { mark: '=', ascii: '=', word: { en: 'no diff.', ko: '차이 없음' } },
  mixed: { mark: '~', ascii: '~', word: { en: 'mixed', ko: '엇갈림' } },
  inconclusive: { mark: '?', ascii: '?', word: { en: 'open', ko: '불확실' } },
};

export function verdictText(verdict: Verdict, isKept: boolean, look: Look): string {
  const { mark, ascii, word } = WORDS[isKept ? 'kept' : verdict];
  return `${look.unicode ? mark : ascii} ${look.say(word)}`;
}
