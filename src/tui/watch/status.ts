/** The first line, what is watched and how; and the last, what keys do. */
import { isMissing } from '../../base/missing.ts';
import { plural } from '../../base/sentence.ts';
import { formatDuration, formatPct, formatTimeOfDay } from '../../cli/output/format.ts';
import { cells, type Look, safeName } from '../../cli/output/look.ts';
import { fitted } from '../drawing/lines.ts';
import { type Shown, shownOf, type WatchState } from './state.ts';

/** Later than this is said to be late. */
const LAGGING_NS = 200e6;

export function statusLine(state: WatchState, look: Look): string {
  const { columns } = state.size;
  const shown = shownOf(state);
  const right = rightPart(state, shown, look);
  const left = leftPart(state, shown, columns - cells(right) - 2, look);
  return look.colors.bold(`${fitted(` ${left}`, columns - cells(right) - 1, look)}${right} `);
}

function leftPart(state: WatchState, shown: Shown | null, room: number, look: Look): string {
  const name = `keel ${state.source === 'live' ? 'watch' : 'replay'}`;
  if (shown === null) return `${name}  ${safeName(state.title)}`;
  const { comm, tgid, unit, threads } = shown.target;
  const parts = [
    name,
    `${safeName(comm)} ${tgid}`,
    ...(unit === null ? [] : [safeName(unit)]),
    look.say({ en: plural(threads.length, 'thread'), ko: `스레드 ${threads.length}개` }),
    obtained(shown, look),
  ];
  while (parts.length > 2 && cells(parts.join('  ')) > room) parts.pop();
  return parts.join('  ');
}

/** How it was obtained, and what it costs. */
function obtained({ entry, target }: Shown, look: Look): string {
  const { ownRunNs, elapsedNs } = entry.frame;
  const by = isMissing(target.runDelays) ? 'procfs' : 'BPF';
  if (ownRunNs === null) return by;
  const cost = formatPct((ownRunNs / elapsedNs) * 100);
  return look.say({ en: `${by}, costs ${cost} of one CPU`, ko: `${by}, 비용 CPU 하나의 ${cost}` });
}

function rightPart(state: WatchState, shown: Shown | null, look: Look): string {
  const unixMs = shown?.entry.frame.unixMs ?? null;
  const time = unixMs === null ? '' : formatTimeOfDay(unixMs);
  return [modeOf(state, shown, look), time].filter((part) => part !== '').join('  ');
}

function modeOf(state: WatchState, shown: Shown | null, look: Look): string {
  if (state.hasEnded && state.follows) return look.say({ en: 'ended', ko: '종료됨' });
  if (!state.follows)
    return state.behind === 0
      ? look.say({ en: 'paused', ko: '멈춤' })
      : look.say({ en: `${state.behind} back`, ko: `${state.behind}개 전` });
  const elapsedNs = shown?.entry.frame.elapsedNs ?? 0;
  if (state.source === 'live' && elapsedNs > state.everyNs + LAGGING_NS)
    return look.say({ en: 'lagging', ko: '지연 중' });
  const every = formatDuration(state.everyNs);
  return look.say({ en: `every ${every}`, ko: `${every}마다` });
}

export function keysLine(state: WatchState, look: Look): string {
  const { columns } = state.size;
  const arrows = look.unicode ? '↑↓' : 'up/down';
  const sides = look.unicode ? '←→' : 'left/right';
  const keys = [
    look.say({ en: 'q quit', ko: 'q 종료' }),
    look.say({ en: '? help', ko: '? 도움말' }),
    look.say({ en: `${arrows} row`, ko: `${arrows} 행` }),
    look.say({ en: 'Enter open', ko: 'Enter 열기' }),
    look.say({ en: 'p pause', ko: 'p 멈춤' }),
    look.say({ en: 's sort', ko: 's 정렬' }),
    look.say({ en: '/ filter', ko: '/ 거르기' }),
    ...(state.source === 'live'
      ? [
          look.say({ en: 'a pin', ko: 'a 배치' }),
          look.say({ en: 'u undo', ko: 'u 되돌리기' }),
          look.say({ en: 'o other target', ko: 'o 다른 대상' }),
          look.say({ en: '+ - interval', ko: '+ - 간격' }),
        ]
      : []),
    look.say({ en: 'l late moments', ko: 'l 늦은 순간' }),
    look.say({ en: 'Tab panel', ko: 'Tab 패널' }),
    look.say({ en: `${sides} step`, ko: `${sides} 앞뒤로` }),
  ];
  while (keys.length > 1 && cells(keys.join('  ')) > columns - 2) keys.pop();
  return look.colors.dim(fitted(` ${keys.join('  ')}`, columns, look));
}
