/** The late moments of the last seconds as a list. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { formatTimeOfDay } from '../../cli/output/format.ts';
import { type Look, padEnd, safeName } from '../../cli/output/look.ts';
import { dash } from './panels/panel.ts';
import { MOMENTS_NS, type RecentMoment, type RecentMoments, recentMoments } from './recent-moments.ts';
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
    look.say(footer(longest.length, recent, shown.target.tgid)),
  ];
}

function lineOf(moment: RecentMoment, comm: string | null, { entry }: Shown, look: Look): string {
  const { tid, letter, why, lateNs, monotonicNs } = moment;
  const { frame } = entry;
  const agoNs = Number(frame.monotonicNs - monotonicNs);
  const when =
    frame.unixMs === null ? `-${(agoNs / 1e9).toFixed(1)} s` : formatTimeOfDay(frame.unixMs - agoNs / 1e6);
  const who = padEnd(safeName(comm ?? '?'), NAME_WIDTH);
  const late = `${(lateNs / 1e6).toFixed(1)} ms`.padStart(9);
  return `${when} ${letter} ${late}  ${String(tid).padStart(7)} ${who} ${look.say(why)}`;
}

/** What is not known of frames is, of what was recorded one by one. */
function footer(shown: number, { events, isRecorded }: RecentMoments, tgid: number): Sentence {
  if (isRecorded)
    return { en: `${shown} of ${events}, as recorded`, ko: `${events}개 중 ${shown}개, 기록된 그대로` };
  return {
    en: `${shown} of ${events}; locks, interrupts and each task in the way: keel late ${tgid}`,
    ko: `${events}개 중 ${shown}개. 락과 인터럽트, 가로막은 모든 태스크: keel late ${tgid}`,
  };
}
