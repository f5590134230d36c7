/** Late moments and slow faults of the shown interval, the worst first: what a recording keeps one by one. */
import { formatDuration } from '../../../cli/output/format.ts';
import { type Look, safeName } from '../../../cli/output/look.ts';
import type { HistoryEvent } from '../../../history/events.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import { momentsOf } from '../state.ts';
import type { Panel } from './panel.ts';

const LENGTH = 9;

export const momentsPanel: Panel = (_state, shown, size, look) => {
  const moments = momentsOf(shown);
  const lines = moments
    .slice(0, Math.max(0, size.height - 1))
    .map((moment) => rowLine(moment, size.width, look));
  return boxed([titleLine(titleOf(moments, look), size.width, look), ...lines], size);
};

function titleOf(moments: readonly HistoryEvent[], look: Look): string {
  const late = moments.filter(({ kind }) => kind === 'late').length;
  const slow = moments.length - late;
  return look.say({
    en: `worst of this interval: ${late} late, ${slow} slow ${slow === 1 ? 'fault' : 'faults'}`,
    ko: `이 구간의 최악: 늦은 순간 ${late}개, 느린 폴트 ${slow}개`,
  });
}

function rowLine({ kind, weight, text, details }: HistoryEvent, width: number, look: Look): string {
  const mark = kind === 'late' ? String(details?.mark ?? '?') : 'F';
  const length = formatDuration(weight, look.unicode).padStart(LENGTH);
  return ` ${fitted(`${mark} ${safeName(look.say(text))}`, width - LENGTH - 2, look)} ${length}`;
}
