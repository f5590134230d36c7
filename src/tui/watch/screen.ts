/** The whole screen: a function of the state and of how text looks. */
import { cells, type Look } from '../../cli/output/look.ts';
import { beside, boxed, fitted, type Size } from '../drawing/lines.ts';
import { overlaid } from './overlay.ts';
import { changesPanel } from './panels/changes.ts';
import { findingsPanel } from './panels/findings.ts';
import { lateMomentsPanel } from './panels/late-moments.ts';
import { machinePanel } from './panels/machine.ts';
import { migrationsPanel } from './panels/migrations.ts';
import { momentsPanel } from './panels/moments.ts';
import type { Panel } from './panels/panel.ts';
import { threadsPanel } from './panels/threads.ts';
import { timePerCpuPanel } from './panels/time-per-cpu.ts';
import { cpuPanel, memoryPanel } from './panels/usage.ts';
import { delayHeatPanel, faultHeatPanel, faultPanel, runDelayPanel } from './panels/waits.ts';
import { findingsOf, momentsOf, type Shown, shownOf, threadRows, type WatchState } from './state.ts';
import { keysLine, statusLine } from './status.ts';

export const LEAST = { columns: 40, rows: 10 } as const;
const FULL = { columns: 80, rows: 24 } as const;
/** From here on three columns of panels, and heat maps. */
const WIDE_COLUMNS = 132;
const WIDE_ROWS = 40;
/** Rows beyond the least from which narrower screens show late moments and changes. */
const MOMENTS_ROWS = 6;
const FINDINGS_SHARE = 0.62;

/** With fewer lines for threads there is no room for more below them. */
const LEAST_FOR_MOMENTS = 6;
const MOST_MOMENTS = 5;

/** Exactly `size.rows` lines of `size.columns` cells. */
export function renderWatch(state: WatchState, look: Look): string[] {
  const { columns, rows } = state.size;
  if (columns < LEAST.columns || rows < LEAST.rows) return tooSmall(state, look);
  const shown = shownOf(state);
  const size = { width: columns, height: rows - 2 };
  const body = shown === null ? waiting(size, look) : bodyOf(state, shown, size, look);
  const lines = state.overlay === null ? body : overlaid(state, shown, body, size, look);
  const last =
    state.message === null ? keysLine(state, look) : fitted(` ${look.say(state.message)}`, columns, look);
  return [statusLine(state, look), ...lines, last];
}

/** One line: of the two sentences the one that fits. */
function tooSmall({ size: { columns, rows } }: WatchState, look: Look): string[] {
  const least = `${LEAST.columns}x${LEAST.rows}`;
  const whole = look.say({
    en: `${columns}x${rows} is too small: need ${least}`,
    ko: `${columns}x${rows}: 너무 작음, ${least} 필요`,
  });
  const words = cells(whole) <= columns ? whole : look.say({ en: `need ${least}`, ko: `${least} 필요` });
  return boxed([fitted(words, columns, look)], { width: columns, height: rows });
}

function waiting(size: Size, look: Look): string[] {
  const words = look.say({ en: ' waiting for the first interval', ko: ' 첫 구간을 기다리는 중' });
  return boxed(['', fitted(words, size.width, look)], size).map((line) => fitted(line, size.width, look));
}

function bodyOf(state: WatchState, shown: Shown, size: Size, look: Look): string[] {
  const { columns, rows } = state.size;
  const blocks =
    columns < FULL.columns || rows < FULL.rows
      ? []
      : columns >= WIDE_COLUMNS && rows >= WIDE_ROWS
        ? wideBlocks(rows, neededRows(state, shown))
        : narrowBlocks(rows, neededRows(state, shown));
  const drawn = blocks.flatMap((block) => rowOf(block, state, shown, size.width, look));
  const left = size.height - drawn.length;
  const findings = Math.min(Math.max(3, findingsOf(shown).length), Math.max(1, Math.floor(left / 4) + 1)) + 1;
  // Where they have a panel, its picture is of these; the list takes its place on smaller screens.
  const isDrawn = blocks.some(({ panels }) => panels.includes(lateMomentsPanel));
  const moments = isDrawn ? 0 : momentRows(momentsOf(shown).length, left - findings);
  const draw = (panel: Panel, height: number) => panel(state, shown, { width: size.width, height }, look);
  return [
    ...drawn,
    ...draw(threadsPanel, left - findings - moments),
    ...lowest(state, shown, { width: size.width, height: findings }, look),
    ...draw(momentsPanel, moments),
  ];
}

/** None where nothing was recorded; the threads keep most of the room. */
function momentRows(moments: number, room: number): number {
  if (moments === 0 || room < LEAST_FOR_MOMENTS) return 0;
  return Math.min(moments, MOST_MOMENTS, Math.floor(room / 3)) + 1;
}

/** Findings; beside them the changes, where both have room. */
function lowest(state: WatchState, shown: Shown, { width, height }: Size, look: Look): string[] {
  if (width < WIDE_COLUMNS) return findingsPanel(state, shown, { width, height }, look);
  const findings = Math.floor((width - 1) * FINDINGS_SHARE);
  return beside(
    findingsPanel(state, shown, { width: findings, height }, look),
    changesPanel(state, shown, { width: width - 1 - findings, height }, look),
  );
}

/** Panels side by side. */
interface Block {
  readonly panels: readonly Panel[];
  readonly height: number;
}

function neededRows(state: WatchState, shown: Shown): number {
  return threadRows(state, shown).length;
}

/** 24 rows are the least; of what is more, late moments come first, then what the threads need, then panels grow. */
function narrowBlocks(rows: number, threads: number): readonly Block[] {
  const hasMoments = rows - FULL.rows >= MOMENTS_ROWS;
  const left = rows - FULL.rows - (hasMoments ? MOMENTS_ROWS : 0);
  const more = Math.min(6, Math.floor(Math.max(0, left - Math.max(0, threads - 4)) / 3));
  const moments = { panels: [lateMomentsPanel, changesPanel], height: MOMENTS_ROWS };
  return [
    { panels: [cpuPanel, memoryPanel], height: 4 + more },
    { panels: [timePerCpuPanel, migrationsPanel], height: 5 + more },
    { panels: [runDelayPanel, faultPanel], height: 3 + more },
    ...(hasMoments ? [moments] : []),
  ];
}

/** At 40 rows there are four of threads. */
function wideBlocks(rows: number, threads: number): readonly Block[] {
  const spare = Math.max(0, rows - WIDE_ROWS - Math.max(0, threads - 4));
  const more = Math.min(8, Math.max(spare, Math.floor((rows - WIDE_ROWS) / 4)));
  return [
    { panels: [cpuPanel, memoryPanel, delayHeatPanel], height: 10 },
    { panels: [timePerCpuPanel, migrationsPanel, faultHeatPanel], height: 10 },
    { panels: [machinePanel, lateMomentsPanel, faultPanel], height: 6 + more },
  ];
}

function rowOf(
  { panels, height }: Block,
  state: WatchState,
  shown: Shown,
  width: number,
  look: Look,
): string[] {
  const room = width - (panels.length - 1);
  const each = Math.floor(room / panels.length);
  return beside(
    ...panels.map((panel, i) =>
      // What does not divide is the last one's.
      panel(
        state,
        shown,
        { width: i === panels.length - 1 ? room - each * (panels.length - 1) : each, height },
        look,
      ),
    ),
  );
}
