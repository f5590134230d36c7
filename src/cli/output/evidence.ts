/** Evidence as text and in documents: a number with its unit, which stays beside it when lines are broken. */
import type { Evidence } from '../../diagnosis/finding.ts';
import { formatBytes, formatCount, formatDuration, formatPct, formatRate, significant } from './format.ts';
import type { Look } from './look.ts';
import { wrap } from './wrap.ts';

const NO_BREAK = '\u00a0';

/** For `wrapEvidence`. */
export function formatEvidence(evidence: Pick<Evidence, 'value' | 'unit'>, look: Look): string {
  return evidenceText(evidence, look).replaceAll(' ', NO_BREAK);
}

export function wrapEvidence(text: string, width: number): string[] {
  return wrap(text, width).map((line) => line.replaceAll(NO_BREAK, ' '));
}

function evidenceText({ value, unit }: Pick<Evidence, 'value' | 'unit'>, look: Look): string {
  switch (unit) {
    case 'Ns':
      return value === 0 ? '0' : formatDuration(value, look.unicode);
    case 'Pct':
      return formatPct(value);
    case 'Bytes':
      return formatBytes(value);
    case 'PerSec':
      return formatRate(value);
    default:
      return Number.isInteger(value) ? formatCount(value) : significant(value);
  }
}

export function evidenceJson({ text, value, unit, source }: Evidence) {
  return { text: text.en, value, unit, source };
}
