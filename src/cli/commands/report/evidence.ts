/** The evidence of a report: causes that add up, moments over time, findings, and what speaks against other causes. */
import { formatCount, formatDuration, formatPct } from '../../../base/format.ts';
import type { Language, Sentence } from '../../../base/sentence.ts';
import { CAUSE_LETTERS, CAUSE_NAMES } from '../../../model/late/causes.ts';
import type { LateMoment } from '../../../model/late/moments.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import { momentsSvg } from '../../../report/heat.ts';
import type { Block, Section } from '../../../report/page.ts';
import { formatEvidence } from '../../output/evidence.ts';
import type { Look } from '../../output/look.ts';
import { holderName } from '../late/causes.ts';
import type { Seen } from './look-at.ts';
import { cell, left, paragraph, right, safe } from './phrases.ts';

const SHOWN_HOLDERS = 3;
const SHOWN_FINDINGS = 4;
const SHOWN_RULED_OUT = 8;

export function evidenceSection({ late, recommended }: Seen, look: Look): Section {
  const { findings, closest } = recommended.measured.watched.diagnosis;
  return {
    title: { en: 'Evidence', ko: '근거' },
    blocks: [
      ...causeBlocks(late, look),
      ...momentBlocks(late, look.language),
      ...longestBlocks(late, look),
      ...findings.slice(0, SHOWN_FINDINGS).map((finding) => {
        const evidence = finding.evidence.map((one) => ({
          text: one.text,
          value: formatEvidence(one, look),
        }));
        const join = (language: Language) =>
          evidence.map(({ text, value }) => `${text[language]} ${value}`).join(', ');
        return paragraph({
          en: `${finding.mark} ${finding.summary.en} (${join('en')})`,
          ko: `${finding.mark} ${finding.summary.ko} (${join('ko')})`,
        });
      }),
      ...ruledOutBlocks(closest.slice(0, SHOWN_RULED_OUT), look),
    ],
  };
}

function causeBlocks({ summary, obtainedBy }: WatchedLate, look: Look): readonly Block[] {
  const { byCause, lateNs, moments } = summary;
  if (lateNs === 0) {
    return [paragraph({ en: 'No late time was seen.', ko: '늦은 시간이 관찰되지 않았습니다.' })];
  }
  const count = (value: number | null) => cell(value === null ? '—' : formatCount(value));
  const share = (ns: number) => cell(formatPct((100 * ns) / lateNs));
  const unexplained = byCause.some(({ cause }) => cause === 'unexplained')
    ? []
    : [{ cause: 'unexplained' as const, moments: obtainedBy === 'proc' ? null : 0, lateNs: 0, by: [] }];
  return [
    {
      kind: 'table',
      columns: [
        left({ en: 'late time by cause', ko: '원인별 늦은 시간' }),
        right({ en: 'moments', ko: '횟수' }),
        right({ en: 'time', ko: '시간' }),
        right({ en: 'share', ko: '비율' }),
        left({ en: 'by whom', ko: '누구 때문에' }),
      ],
      rows: [...byCause, ...unexplained].map((one) => [
        {
          en: `${CAUSE_LETTERS[one.cause]} ${CAUSE_NAMES[one.cause].en}`,
          ko: `${CAUSE_LETTERS[one.cause]} ${CAUSE_NAMES[one.cause].ko}`,
        },
        count(one.moments),
        cell(formatDuration(one.lateNs)),
        share(one.lateNs),
        cell(
          one.by
            .slice(0, SHOWN_HOLDERS)
            .map(({ holder, lateNs: ns }) => `${holderName(one.cause, holder, look)} ${formatDuration(ns)}`)
            .join(', '),
        ),
      ]),
      total: [
        { en: 'total', ko: '합계' },
        count(moments),
        cell(formatDuration(lateNs)),
        share(lateNs),
        cell(''),
      ],
    },
  ];
}

function momentBlocks({ summary, elapsedNs, overNs }: WatchedLate, language: Language): readonly Block[] {
  const title: Sentence = {
    en: 'late moments over time, by their length; darker is more',
    ko: '시간에 따른 늦은 순간, 길이별. 진할수록 많음',
  };
  const texts = { title: title[language], length: (ns: number) => formatDuration(ns) };
  const svg = momentsSvg(summary.kept, elapsedNs, overNs, texts);
  return svg === null ? [] : [{ kind: 'picture', svg, describes: title }];
}

const SHOWN_MOMENTS = 5;
/** Parts of a moment that take less of it are left to keel late. */
const LEAST_PART_RATIO = 0.02;

/** Those that made it latest, each with what it is made of. */
function longestBlocks({ summary }: WatchedLate, look: Look): readonly Block[] {
  const longest = [...summary.kept].sort((a, b) => b.lateNs - a.lateNs).slice(0, SHOWN_MOMENTS);
  if (longest.length === 0) return [];
  const names = new Map(summary.threads.map(({ task }) => [task.tid, task.comm]));
  return [
    {
      kind: 'table',
      columns: [
        left({ en: 'the longest moments', ko: '가장 긴 순간' }),
        right({ en: 'after', ko: '시각' }),
        right({ en: 'late', ko: '늦음' }),
        left({ en: 'because of', ko: '이유' }),
      ],
      rows: longest.map((one) => [
        cell(`${names.get(one.tid) ?? '?'} ${one.tid}`),
        cell(formatDuration(one.fromNs)),
        cell(formatDuration(one.lateNs)),
        cell(partsText(one, look)),
      ]),
      total: null,
    },
  ];
}

/** `9.8 ms preempted by another task: zstd + 2.1 ms page fault + 1.4 ms others`, which is all of its late time. */
export function partsText({ parts, lateNs }: Pick<LateMoment, 'parts' | 'lateNs'>, look: Look): string {
  const sums = new Map<string, number>();
  for (const { label, lengthNs, by } of parts) {
    if (label === 'run') continue;
    const holder = by === null ? '' : `: ${holderName(label, by, look)}`;
    const text = `${look.say(CAUSE_NAMES[label])}${holder}`;
    sums.set(text, (sums.get(text) ?? 0) + lengthNs);
  }
  const told = [...sums]
    .sort(([, a], [, b]) => b - a)
    .filter(([, ns], i) => i === 0 || ns >= lateNs * LEAST_PART_RATIO);
  // Small ones, and those behind the parts that were kept.
  const restNs = lateNs - told.reduce((sum, [, ns]) => sum + ns, 0);
  const others = look.say({ en: 'others', ko: '그 밖' });
  return [...told, ...(restNs >= lateNs * LEAST_PART_RATIO ? [[others, restNs] as const] : [])]
    .map(([text, ns]) => `${formatDuration(ns)} ${text}`)
    .join(' + ');
}

/** Rules that found nothing, with how close they came to their limits. */
function ruledOutBlocks(
  closest: Seen['recommended']['measured']['watched']['diagnosis']['closest'],
  look: Look,
): readonly Block[] {
  if (closest.length === 0) return [];
  const limit = (one: (typeof closest)[number]) => formatEvidence({ value: one.limit, unit: one.unit }, look);
  return [
    {
      kind: 'table',
      columns: [
        left({ en: 'ruled out', ko: '원인이 아닌 것' }),
        right({ en: 'seen', ko: '관찰' }),
        right({ en: 'limit', ko: '기준' }),
      ],
      rows: closest.map((one) => [safe(one.text), cell(formatEvidence(one, look)), cell(limit(one))]),
      total: null,
    },
  ];
}
