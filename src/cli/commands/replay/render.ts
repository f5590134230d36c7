/** `keel replay` without a screen: a line, or an object, for each frame. */
import { isMissing } from '../../../base/missing.ts';
import { groupDecimals } from '../../../base/sentence.ts';
import { MIB } from '../../../base/units.ts';
import type { TargetFrame, WatchFrame } from '../../../model/watch/frame.ts';
import type { StreamRecord } from '../../command.ts';
import { formatTimeOfDay } from '../../output/format.ts';
import { frameJson } from '../../output/frame-json.ts';
import { type Look, safeName } from '../../output/look.ts';
import { headerLine, rowLine } from '../monitor/rows.ts';

const HEADER_EVERY = 20;

export async function* frameRecords(frames: Iterable<WatchFrame>): AsyncGenerator<StreamRecord> {
  let at = 0;
  for (const frame of frames) {
    const isHeader = at % HEADER_EVERY === 0;
    at += 1;
    yield {
      json: { schema: 'keel.replay/1', ...frameJson(frame) },
      lines: (look) => [...(isHeader ? [look.colors.dim(headerOf(look))] : []), ...linesOf(frame, look)],
    };
  }
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
