/** `keel replay` without a screen: a line, or an object, for each frame. */
import { isMissing } from '../../../base/missing.ts';
import { groupDecimals, plural, type Sentence } from '../../../base/sentence.ts';
import { MIB } from '../../../base/units.ts';
import type { HistoryEvent } from '../../../history/events.ts';
import type { TargetFrame, WatchFrame } from '../../../model/watch/frame.ts';
import type { StreamRecord } from '../../command.ts';
import { formatTimeOfDay } from '../../output/format.ts';
import { frameJson } from '../../output/frame-json.ts';
import { type Look, safeName } from '../../output/look.ts';
import { headerLine, rowLine } from '../monitor/rows.ts';

const HEADER_EVERY = 20;

/** Of each kind: a storm of them fills no page. In JSON there are all. */
const MOST_SHOWN = 3;

/** @param momentsOf late moments and slow faults of the interval of a frame */
export async function* frameRecords(
  frames: Iterable<WatchFrame>,
  momentsOf: (frame: WatchFrame) => readonly HistoryEvent[],
): AsyncGenerator<StreamRecord> {
  let at = 0;
  for (const frame of frames) {
    const isHeader = at % HEADER_EVERY === 0;
    at += 1;
    const moments = momentsOf(frame);
    const late = moments.filter(({ kind }) => kind === 'late');
    const slow = moments.filter(({ kind }) => kind === 'slow-fault');
    yield {
      json: {
        schema: 'keel.replay/1',
        ...frameJson(frame),
        lateMoments: late.map(momentJson),
        slowFaults: slow.map(momentJson),
      },
      lines: (look) => [
        ...(isHeader ? [look.colors.dim(headerOf(look))] : []),
        ...linesOf(frame, look),
        ...worstLines(late, look, (rest) => ({
          en: `and ${plural(rest, 'more late moment')}`,
          ko: `그 밖의 늦은 순간 ${rest}개`,
        })),
        ...worstLines(slow, look, (rest) => ({
          en: `and ${plural(rest, 'more slow fault')}`,
          ko: `그 밖의 느린 폴트 ${rest}개`,
        })),
      ],
    };
  }
}

function momentJson({ unixMs, tgid, tid, details }: HistoryEvent) {
  return { time: new Date(unixMs).toISOString(), tgid, tid, ...details };
}

function worstLines(events: readonly HistoryEvent[], look: Look, more: (rest: number) => Sentence): string[] {
  const shown = [...events].sort((a, b) => b.weight - a.weight).slice(0, MOST_SHOWN);
  const rest = events.length - shown.length;
  return [
    ...shown.map((one) => look.colors.dim(`          ${safeName(look.say(one.text))}`)),
    ...(rest === 0 ? [] : [look.colors.dim(`          ${look.say(more(rest))}`)]),
  ];
}

function linesOf(frame: WatchFrame, look: Look): string[] {
  const findings = isMissing(frame.judgement) ? [] : frame.judgement.findings;
  const [first] = findings;
  return [
    ...frame.targets.map((target) => rowOf(frame, target, look)),
    ...(first === undefined
      ? []
      : [look.colors.dim(`          ${first.mark} ${safeName(look.say(first.summary))}`)]),
    ...frame.ended.map(({ comm, tgid }) =>
      look.say({ en: `${safeName(comm)} ${tgid} ended`, ko: `${safeName(comm)} ${tgid}이(가) 끝났습니다` }),
    ),
  ];
}

/** The rows of keel monitor: what was recorded reads as what is watched. */
function headerOf(look: Look): string {
  return headerLine('one', [look.say({ en: 'time', ko: '시각' }), 'RSS MiB'], look);
}

function rowOf(frame: WatchFrame, { activity }: TargetFrame, look: Look): string {
  const time = frame.unixMs === null ? '' : formatTimeOfDay(frame.unixMs);
  const rss = activity.rssBytes === null ? '' : groupDecimals(activity.rssBytes / MIB, 1);
  return rowLine('one', [time, rss], { ...activity, elapsedNs: frame.elapsedNs }, look);
}
