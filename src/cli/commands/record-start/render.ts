/** `keel record start` as a document, and what a recorder in the foreground tells. */

import type { Clock } from '../../../app/clock.ts';
import type { FoundTarget } from '../../../app/find-targets.ts';
import { TROUBLES } from '../../../app/history.ts';
import type { RecorderNews } from '../../../app/record-history.ts';
import type { Recorder } from '../../../app/recorders.ts';
import { plural } from '../../../base/sentence.ts';
import type { DocumentOutput, StreamRecord } from '../../command.ts';
import { formatDuration, formatTimeOfDay } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';

const SCHEMA = 'keel.record/1';

export function startedOutput(recorder: Recorder, targets: readonly FoundTarget[]): DocumentOutput {
  const { recording, tgid, everyNs, title } = recorder;
  return {
    kind: 'document',
    json: {
      schema: SCHEMA,
      recording: `r-${recording}`,
      recorderTgid: tgid,
      everyNs,
      title,
      targets: targets.map((target) => ({ tgid: target.tgid, comm: target.comm })),
      gaps: [],
    },
    lines: (look) => {
      const names = targets.map((target) => `${safeName(target.comm)} ${target.tgid}`).join(', ');
      const every = formatDuration(everyNs, look.unicode);
      return [
        look.say({
          en: `r-${recording} records ${names} every ${every}, by process ${tgid}`,
          ko: `r-${recording}: ${names}을(를) ${every}마다 기록합니다 (프로세스 ${tgid})`,
        }),
        look.say({
          en: `Look: keel replay r-${recording}      stop: keel record stop r-${recording}`,
          ko: `보기: keel replay r-${recording}      중지: keel record stop r-${recording}`,
        }),
      ];
    },
  };
}

/** A line for each thing that happens; nothing for a frame that was written. */
export async function* newsRecords(
  news: AsyncIterable<RecorderNews>,
  clock: Clock,
): AsyncGenerator<StreamRecord> {
  for await (const one of news) {
    const unixMs = clock.unixMs();
    yield {
      json: { schema: SCHEMA, record: one.kind, time: new Date(unixMs).toISOString(), ...detailsOf(one) },
      lines: (look) => [`${formatTimeOfDay(unixMs)}  ${sentenceOf(one, look)}`],
    };
  }
}

function detailsOf(one: RecorderNews) {
  const { kind: _, ...details } = one;
  return details;
}

function sentenceOf(one: RecorderNews, look: Look): string {
  switch (one.kind) {
    case 'began':
      return look.say({
        en: `r-${one.recording} began, in ${one.path}`,
        ko: `r-${one.recording} 시작, ${one.path}`,
      });
    case 'trouble': {
      const words = TROUBLES[one.trouble];
      return look.say({
        en: `the history ${words.en}; frames wait in memory (${one.message})`,
        ko: `기록 파일: ${words.ko}. 프레임은 메모리에서 기다립니다 (${one.message})`,
      });
    }
    case 'recovered':
      return look.say({
        en: `the history is written again; ${plural(one.lostFrames, 'frame was', 'frames were')} lost`,
        ko: `다시 기록합니다. 잃은 프레임 ${one.lostFrames}개`,
      });
    case 'moved':
      return look.say({
        en: `the history was damaged; it is kept as ${one.movedTo}, and a new one was begun`,
        ko: `기록 파일이 손상되어 ${one.movedTo}(으)로 옮기고 새로 시작했습니다`,
      });
    case 'ended':
      return look.say({
        en: `r-${one.recording} ended: ${plural(one.frames, 'frame', 'frames')}, ${one.lostFrames} lost`,
        ko: `r-${one.recording} 끝: 프레임 ${one.frames}개, 잃은 것 ${one.lostFrames}개`,
      });
  }
}
