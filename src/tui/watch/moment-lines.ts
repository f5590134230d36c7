/** The late moments of the last seconds as a list. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { formatTimeOfDay } from '../../cli/output/format.ts';
import { type Look, padEnd, safeName } from '../../cli/output/look.ts';
import { CAUSE_LETTERS, CAUSE_NAMES } from '../../model/late/causes.ts';
import type { FrameMoment } from '../../model/watch/late-moments.ts';
import { dash } from './panels/panel.ts';
import { MOMENTS_NS, recentMoments } from './recent-moments.ts';
import type { Shown } from './state.ts';

const NAME_WIDTH = 15;

/** @param most lines at most */
export function momentLines(shown: Shown, most: number, look: Look): readonly string[] {
  const recent = recentMoments(shown);
  if (isMissing(recent)) return [`${dash(look)}  ${recent.detail ?? recent.missing}`];
  const { kept, events, overNs } = recent;
  const [ms, seconds] = [overNs / 1e6, MOMENTS_NS / 1e9];
  if (events === 0)
    return [
      look.say({
        en: `nothing held a thread for ${ms} ms in the last ${seconds} s`,
        ko: `최근 ${seconds}초 동안 스레드가 ${ms} ms 넘게 붙잡힌 일이 없습니다`,
      }),
    ];
  const names = new Map(shown.target.threads.map(({ tid, comm }) => [tid, comm]));
  const longest = [...kept].sort((a, b) => b.lateNs - a.lateNs).slice(0, Math.max(1, most - 1));
  return [
    ...longest.map((one) => lineOf(one, names.get(one.tid) ?? null, shown, look)),
    look.say({
      en: `${longest.length} of ${events}; locks, interrupts and each task in the way: keel late ${shown.target.tgid}`,
      ko: `${events}개 중 ${longest.length}개. 락과 인터럽트, 가로막은 모든 태스크: keel late ${shown.target.tgid}`,
    }),
  ];
}

function lineOf(moment: FrameMoment, comm: string | null, { entry }: Shown, look: Look): string {
  const { tid, cause, by, lateNs, monotonicNs } = moment;
  const { frame } = entry;
  const agoNs = Number(frame.monotonicNs - monotonicNs);
  const when =
    frame.unixMs === null ? `-${(agoNs / 1e9).toFixed(1)} s` : formatTimeOfDay(frame.unixMs - agoNs / 1e6);
  const who = padEnd(safeName(comm ?? '?'), NAME_WIDTH);
  const why = by === null ? CAUSE_NAMES[cause] : behind(`${safeName(by.comm)} ${by.tid}`);
  const late = `${(lateNs / 1e6).toFixed(1)} ms`.padStart(9);
  return `${when} ${CAUSE_LETTERS[cause]} ${late}  ${String(tid).padStart(7)} ${who} ${look.say(why)}`;
}

function behind(holder: string): Sentence {
  return { en: `waiting behind ${holder}`, ko: `${holder} 뒤에서 대기` };
}
