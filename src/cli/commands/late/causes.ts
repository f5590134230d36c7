/** The table of causes: what late time is made of, who had it, and the total. */
import { CPU_DISTANCES, DISTANCE_NAMES } from '../../../model/cpu-distance.ts';
import { CAUSE_LETTERS, CAUSE_NAMES, type LateCause } from '../../../model/late/causes.ts';
import type { CauseShare } from '../../../model/late/moments.ts';
import type { LateSummary } from '../../../model/late/summary.ts';
import { horizontalBar } from '../../output/bars.ts';
import { formatCount, formatDuration, formatPct } from '../../output/format.ts';
import { cells, cutMiddle, type Look, safeName } from '../../output/look.ts';
import { type Column, tableLines } from '../../output/table.ts';

const SHOWN_HOLDERS = 3;
const BAR_WIDTH = 14;
/** Holders below this share of their cause are not named. */
const LEAST_SHARE = 0.02;

export function causeLines(summary: LateSummary, look: Look): string[] {
  const { byCause, lateNs, moments } = summary;
  const withUnexplained = byCause.some((one) => one.cause === 'unexplained')
    ? byCause
    : [...byCause, NOTHING_UNEXPLAINED];
  const rows = withUnexplained.map((share) => [
    `  ${CAUSE_LETTERS[share.cause]} ${look.say(CAUSE_NAMES[share.cause])}`,
    share.moments === null ? dash(look) : formatCount(share.moments),
    formatDuration(share.lateNs, look.unicode),
    formatPct((100 * share.lateNs) / Math.max(1, lateNs)),
    horizontalBar(share.lateNs / Math.max(1, lateNs), BAR_WIDTH, look),
  ]);
  const total = [
    `  ${look.say({ en: 'total', ko: '합계' })}`,
    moments === null ? dash(look) : formatCount(moments),
    formatDuration(lateNs, look.unicode),
    formatPct(lateNs === 0 ? 0 : 100),
    '',
  ];
  const [header = '', ...lines] = tableLines(columns(look), [...rows, total]);
  return [
    header,
    ...withUnexplained.flatMap((share, i) => [lines[i] ?? '', ...holderLines(share, look)]),
    lines.at(-1) ?? '',
  ];
}

const NOTHING_UNEXPLAINED: CauseShare = { cause: 'unexplained', moments: 0, lateNs: 0, by: [] };

function columns(look: Look): Column[] {
  return [
    { title: `  ${look.say({ en: 'late time by cause', ko: '원인별 늦은 시간' })}` },
    { title: look.say({ en: 'moments', ko: '횟수' }), align: 'right' },
    { title: look.say({ en: 'time', ko: '시간' }), align: 'right' },
    { title: look.say({ en: 'share', ko: '비율' }), align: 'right' },
    { title: '' },
  ];
}

function dash(look: Look): string {
  return look.unicode ? '—' : '-';
}

/** `      zstd 9923 225 ms, cc1 4411 18.2 ms, 4 more` */
function holderLines({ cause, by, lateNs }: CauseShare, look: Look): string[] {
  const named = by.filter((one) => one.lateNs >= LEAST_SHARE * lateNs).slice(0, SHOWN_HOLDERS);
  if (named.length === 0) return [];
  const more = by.length - named.length;
  const rest = more > 0 ? look.say({ en: `, ${more} more`, ko: `, 그 밖에 ${more}개` }) : '';
  const room = Math.floor((look.width - 6 - cells(rest)) / named.length) - 2;
  const texts = named.map(({ holder, lateNs: ns }) => {
    const time = formatDuration(ns, look.unicode);
    const tid = holder.tid === null ? '' : ` ${holder.tid}`;
    const name = cutMiddle(
      safeName(holderName(cause, holder, look)),
      Math.max(8, room - cells(` ${tid} ${time}`)),
      look.unicode,
    );
    return `${name}${tid} ${time}`;
  });
  return [look.colors.dim(`      ${texts.join(', ')}${rest}`)];
}

/** A name as it is, or how far a migration went in the language of the reader. */
export function holderName(
  cause: LateCause | 'run',
  { name }: { readonly name: string },
  look: Look,
): string {
  const distance = cause === 'migration' ? CPU_DISTANCES.find((one) => one === name) : undefined;
  return distance === undefined ? name : look.say(DISTANCE_NAMES[distance]);
}
