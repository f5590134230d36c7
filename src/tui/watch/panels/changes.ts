/** What keel itself changed on this machine: the active changes first. */
import { isMissing } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { formatTimeOfDay } from '../../../cli/output/format.ts';
import { type Look, safeName } from '../../../cli/output/look.ts';
import type { FrameChange } from '../../../model/watch/frame.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import { dash, type Panel } from './panel.ts';

const STATES: Readonly<Record<FrameChange['state'], Sentence>> = {
  active: { en: 'active', ko: '적용 중' },
  undone: { en: 'undone', ko: '되돌림' },
  refused: { en: 'refused', ko: '거부됨' },
  done: { en: 'done', ko: '완료' },
  forgotten: { en: 'over', ko: '끝남' },
};

export const changesPanel: Panel = (state, { entry }, { width, height }, look) => {
  const { changes } = entry.frame;
  const title = titleLine(look.say({ en: 'changes by keel', ko: 'keel이 한 변경' }), width, look);
  const lines = isMissing(changes)
    ? [`${dash(look)}  ${changes.detail ?? changes.missing}`]
    : [...changeLines(changes, look), ...(state.source === 'live' ? hints(look) : [])];
  const shown = lines.slice(0, height - 1).map((line) => fitted(line, width, look));
  return boxed([title, ...shown], { width, height });
};

function changeLines(changes: readonly FrameChange[], look: Look): string[] {
  const active = changes.filter((one) => one.state === 'active');
  const none =
    active.length === 0 ? [` ${look.say({ en: 'none is active', ko: '적용 중인 것이 없습니다' })}`] : [];
  const ended = changes.filter((one) => one.state !== 'active');
  return [...none, ...[...active, ...ended].map((one) => changeLine(one, look))];
}

function changeLine({ id, command, state, unixMs, endedUnixMs }: FrameChange, look: Look): string {
  const when = formatTimeOfDay(endedUnixMs ?? unixMs);
  return ` ${id}  ${look.say(STATES[state])} ${when}  ${safeName(command)}`;
}

function hints(look: Look): string[] {
  return [
    '',
    ` ${look.say({ en: 't  try what a finding advises (plan first)', ko: 't  발견의 조언 시도 (계획 먼저)' })}`,
    ` ${look.say({ en: 'u  undo a change', ko: 'u  변경 되돌리기' })}`,
  ];
}
