/** One moment of the last watch, part by part. */
import type { KeptWatch } from '../../../app/late-store.ts';
import { KeelError } from '../../../base/errors.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import { CAUSE_LETTERS, CAUSE_NAMES, type LateCause } from '../../../model/late/causes.ts';
import type { LateMoment, MomentPart } from '../../../model/late/moments.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatCount, formatDuration } from '../../output/format.ts';
import { cells, cutMiddle, type Look, padStart, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { holderName } from './causes.ts';

/** @throws KeelError E_USAGE where the last watch was of another target or has no such moment */
export function shownMoment(kept: KeptWatch | null, target: string, number: number): DocumentOutput {
  if (kept === null || !isOf(kept, target)) throw notKept(kept, target);
  const moment = kept.moments[number - 1];
  if (moment === undefined) throw noMoment(kept, number);
  return {
    kind: 'document',
    json: {
      schema: 'keel.late.moment/1',
      moment: number,
      tgid: kept.target.tgid,
      tid: moment.tid,
      comm: kept.target.comm,
      atUnixMs: Math.round(kept.startedUnixMs + moment.fromNs / 1e6),
      lateNs: moment.lateNs,
      lengthNs: moment.toNs - moment.fromNs,
      parts: moment.parts.map(({ atNs, lengthNs, label, by }) => ({
        atNs,
        lengthNs,
        cause: label,
        by: by === null ? null : { tid: by.tid, comm: by.name },
      })),
      furtherNs: moment.furtherNs,
    },
    lines: (look) => momentLines(kept, moment, number, look),
  };
}

function isOf({ target: { tgid, tid, comm } }: KeptWatch, text: string): boolean {
  return [`${tgid}`, comm, `tid:${tid}`].includes(text);
}

/** Shorter parts of a moment are summed in one line; all are in the JSON. */
const LEAST_SHARE = 0.01;

function shorterLine(parts: readonly MomentPart[], look: Look): Sentence {
  const sum = formatDuration(
    parts.reduce((total, part) => total + part.lengthNs, 0),
    look.unicode,
  );
  return {
    en: `and between them ${plural(parts.length, 'shorter part')}, ${sum} together (--json)`,
    ko: `그 사이에 더 짧은 부분 ${parts.length}개, 합계 ${sum} (--json)`,
  };
}

function momentLines(kept: KeptWatch, moment: LateMoment, number: number, look: Look): string[] {
  const at = new Date(kept.startedUnixMs + moment.fromNs / 1e6);
  const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  const duration = (ns: number) => formatDuration(ns, look.unicode);
  const sum = sumOf(moment, look);
  const late = duration(moment.lateNs);
  const head = look.say({
    en: `MOMENT ${number}, ${time}, thread ${moment.tid}: ${late} late = ${sum}`,
    ko: `순간 ${number}, ${time}, 스레드 ${moment.tid}: ${late} 늦음 = ${sum}`,
  });
  const further = look.say({
    en: `and ${duration(moment.furtherNs)} more late time, in parts that were not kept`,
    ko: `그 밖에 늦은 시간 ${duration(moment.furtherNs)} (자세한 기록 없음)`,
  });
  const leastNs = moment.lateNs * LEAST_SHARE;
  const shown = moment.parts.filter((part) => part.lengthNs >= leastNs);
  const shorter = moment.parts.filter((part) => part.lengthNs < leastNs);
  return [
    ...wrap(head, look.width).map(look.colors.bold),
    ...shown.map((part) => partLine(part, look)),
    ...(shorter.length > 0 ? [`  ${look.say(shorterLine(shorter, look))}`] : []),
    ...(moment.furtherNs > 0 ? [`  ${further}`] : []),
  ];
}

function sumOf({ parts }: LateMoment, look: Look): string {
  const byCause = new Map<LateCause, number>();
  for (const { label, lengthNs } of parts)
    if (label !== 'run') byCause.set(label, (byCause.get(label) ?? 0) + lengthNs);
  return [...byCause]
    .sort(([, a], [, b]) => b - a)
    .map(([cause, ns]) => `${formatDuration(ns, look.unicode)} ${look.say(CAUSE_NAMES[cause])}`)
    .join(' + ');
}

const RUNS: Sentence = { en: 'runs', ko: '실행' };

function partLine({ atNs, lengthNs, label, by }: MomentPart, look: Look): string {
  const start = padStart(`+${formatDuration(atNs, look.unicode)}`, 11);
  const length = padStart(formatDuration(lengthNs, look.unicode), 9);
  const letter = label === 'run' ? ' ' : CAUSE_LETTERS[label];
  const name = look.say(label === 'run' ? RUNS : CAUSE_NAMES[label]);
  const text = `  ${start} ${length}  ${letter} ${name}`;
  if (by === null) return text;
  const holder = `${holderName(label, by, look)}${by.tid === null ? '' : ` ${by.tid}`}`;
  return `${text}: ${cutMiddle(safeName(holder), Math.max(8, look.width - cells(text) - 2), look.unicode)}`;
}

function notKept(kept: KeptWatch | null, target: string): KeelError {
  const other = kept === null ? '' : `${safeName(kept.target.comm)} ${kept.target.tgid}`;
  return new KeelError('E_USAGE', {
    what:
      kept === null
        ? { en: 'no watch is kept here', ko: '보관된 관찰이 없습니다' }
        : {
            en: `the last watch was of ${other}, not of ${target}`,
            ko: `마지막 관찰은 ${target}이(가) 아니라 ${other}입니다`,
          },
    next: [{ en: `Watch it first: keel late ${target}`, ko: `먼저 관찰하세요: keel late ${target}` }],
  });
}

function noMoment({ moments, target }: KeptWatch, number: number): KeelError {
  const all = formatCount(moments.length);
  return new KeelError('E_USAGE', {
    what: {
      en: `there is no moment ${number}: the last watch of ${safeName(target.comm)} kept ${all}`,
      ko: `순간 ${number}은(는) 없습니다. ${safeName(target.comm)}의 마지막 관찰에는 ${all}개가 있습니다`,
    },
    pointer: { text: `${number}`, start: 0, end: `${number}`.length },
  });
}
