/** Single long waits and faults of the last seconds: when, how long, and why. Of a recording, the worst in words. */
import { isMissing } from '../../../base/missing.ts';
import type { Look } from '../../../cli/output/look.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import { stemRows } from '../../drawing/stems.ts';
import { MOMENTS_NS, type RecentMoments, recentMoments } from '../recent-moments.ts';
import { dash, LABEL_WIDTH, labelled, type Panel } from './panel.ts';

/** The top of the scale, which is logarithmic and never changes: a late moment looks as late wherever it is drawn. */
const TOP_NS = 64e6;
/** From this height on there is a line for what the letters mean. */
const LEGEND_ROWS = 6;

export const lateMomentsPanel: Panel = (_, shown, { width, height }, look) => {
  const recent = recentMoments(shown);
  if (isMissing(recent)) {
    const title = look.say({ en: 'late moments', ko: '늦은 순간' });
    const why = `${dash(look)}  ${recent.detail ?? recent.missing}`;
    return boxed([titleLine(title, width, look), fitted(why, width, look)], { width, height });
  }
  const hasLegend = height >= LEGEND_ROWS;
  const drawing = { width: width - LABEL_WIDTH, height: height - (hasLegend ? 2 : 1) };
  const rows = stemRows(stemsOf(recent), drawing, look);
  const lines = labelled(rows, msOf(TOP_NS), msOf(recent.overNs), LABEL_WIDTH);
  const legend = hasLegend ? [look.colors.dim(fitted(lastLine(recent, look), width, look))] : [];
  return boxed([titleLine(titleOf(recent, look), width, look), ...lines, ...legend], { width, height });
};

function msOf(ns: number): string {
  return `${Math.round(ns / 1e5) / 10} ms`;
}

function titleOf({ events }: RecentMoments, look: Look): string {
  const seconds = MOMENTS_NS / 1e9;
  return look.say({
    en: `late moments in the last ${seconds} s: ${events}`,
    ko: `최근 ${seconds}초의 늦은 순간: ${events}`,
  });
}

function stemsOf({ kept, endNs, overNs }: RecentMoments) {
  return kept.map(({ monotonicNs, lateNs, letter }) => ({
    at: 1 - Number(endNs - monotonicNs) / MOMENTS_NS,
    height: Math.max(0, Math.log(lateNs / overNs) / Math.log(TOP_NS / overNs)),
    letter,
  }));
}

/** What was recorded has more causes than letters can be explained beside: the worst is told. */
function lastLine({ kept, isRecorded }: RecentMoments, look: Look): string {
  const [worst] = [...kept].sort((a, b) => b.lateNs - a.lateNs);
  if (isRecorded && worst !== undefined)
    return `${worst.letter} ${msOf(worst.lateNs)}  ${look.say(worst.why)}`;
  return look.say({
    en: 'T task  F page fault  Q quota  ? unexplained',
    ko: 'T 태스크  F 페이지 폴트  Q 할당량  ? 모름',
  });
}
