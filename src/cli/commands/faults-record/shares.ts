/** The columns that all tables of faults end with. */
import type { Sentence } from '../../../base/sentence.ts';
import type { Share } from '../../../model/faults/summary.ts';
import { formatCount, formatDuration, formatPct, formatShort } from '../../output/format.ts';
import type { Look } from '../../output/look.ts';
import type { Column } from '../../output/table.ts';

const NUMBER_COLUMNS: readonly (readonly [Sentence, 'right'])[] = [
  [{ en: 'faults', ko: '폴트' }, 'right'],
  [{ en: 'major', ko: 'major' }, 'right'],
  [{ en: 'stall', ko: '멈춤' }, 'right'],
  [{ en: 'share', ko: '비율' }, 'right'],
  [{ en: 'p50 / p99 / max', ko: 'p50 / p99 / 최대' }, 'right'],
];

export function columnsFor(first: Sentence, look: Look): Column[] {
  return [
    { title: `  ${look.say(first)}` },
    ...NUMBER_COLUMNS.map(([title, align]) => ({ title: look.say(title), align })),
  ];
}

/** @param stallNs what shares are of */
export function shareCells(share: Share, stallNs: number, look: Look): string[] {
  const time = (ns: number) => formatDuration(ns, look.unicode);
  return [
    formatCount(share.faults),
    formatCount(share.major),
    time(share.stallNs),
    formatPct((100 * share.stallNs) / Math.max(1, stallNs)),
    [share.p50Ns, share.p99Ns, share.maxNs].map((ns) => formatShort(ns, look.unicode)).join(' / '),
  ];
}
