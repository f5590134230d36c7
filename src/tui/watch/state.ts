/** What the screen of `keel watch` is a picture of. A value: frames, keys and sizes turn one into the next. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { HistoryEvent } from '../../history/events.ts';
import type { Moves, TargetFrame, ThreadFrame, WatchFrame } from '../../model/watch/frame.ts';
import { addMoves, NO_MOVES } from '../../model/watch/moves.ts';

/** A frame and what was counted since the watch began. */
export interface Entry {
  readonly frame: WatchFrame;
  /** By process. */
  readonly migrations: ReadonlyMap<number, number>;
  readonly moves: ReadonlyMap<number, Moves>;
  /** Late moments and slow faults that were recorded in its interval. */
  readonly moments: readonly HistoryEvent[];
}

export const SORTS = ['delay', 'run', 'stall', 'moves', 'faults', 'name', 'tid'] as const;
export type Sort = (typeof SORTS)[number];

export const PANELS = ['threads', 'findings'] as const;
export type PanelName = (typeof PANELS)[number];

/** Something that lies over the screen, or a line that is being typed. */
export type Overlay =
  | { readonly kind: 'help' }
  | { readonly kind: 'thread'; readonly tid: number }
  | { readonly kind: 'finding'; readonly at: number }
  | { readonly kind: 'moments' }
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'pin'; readonly text: string; readonly tid: number | null }
  | {
      readonly kind: 'targets';
      readonly text: string;
      readonly at: number;
      readonly processes: readonly ProcessChoice[];
    }
  | { readonly kind: 'undo'; readonly changes: readonly ChangeChoice[]; readonly at: number };

export interface ProcessChoice {
  readonly tgid: number;
  readonly comm: string;
}

export interface ChangeChoice {
  readonly id: string;
  readonly command: string;
}

export interface WatchState {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly source: 'live' | 'replay';
  readonly title: string;
  readonly everyNs: number;
  /** The newest last. */
  readonly entries: readonly Entry[];
  /** How many frames before the newest the shown one is. */
  readonly behind: number;
  /** Follows the newest frame. */
  readonly follows: boolean;
  /** The process that is shown, where several are watched; null: the first. */
  readonly tgid: number | null;
  /** No frame comes any more. */
  readonly hasEnded: boolean;
  readonly sort: Sort;
  readonly filter: string;
  readonly panel: PanelName;
  /** The thread at the cursor; null: the first row. */
  readonly tid: number | null;
  readonly finding: number;
  readonly overlay: Overlay | null;
  readonly message: Sentence | null;
}

/** Ten minutes at one frame a second. */
const MOST_ENTRIES = 600;
/** Of all frames together, in rows of threads: some 20 MB. */
const MOST_THREAD_ROWS = 60_000;

export function initialState(parts: Pick<WatchState, 'size' | 'source' | 'title' | 'everyNs'>): WatchState {
  return {
    ...parts,
    entries: [],
    behind: 0,
    follows: true,
    tgid: null,
    hasEnded: false,
    sort: 'delay',
    filter: '',
    panel: 'threads',
    tid: null,
    finding: 0,
    overlay: null,
    message: null,
  };
}

/** The state with one more frame. */
export function withFrame(
  state: WatchState,
  frame: WatchFrame,
  moments: readonly HistoryEvent[] = [],
): WatchState {
  const last = state.entries.at(-1);
  const migrations = new Map(last?.migrations);
  const moves = new Map(last?.moves);
  for (const { tgid, activity, moves: more } of frame.targets) {
    if (!isMissing(activity.migrations))
      migrations.set(tgid, (migrations.get(tgid) ?? 0) + activity.migrations);
    moves.set(tgid, addMoves(moves.get(tgid) ?? NO_MOVES, more));
  }
  const entries = trimmed([...state.entries, { frame, migrations, moves, moments }]);
  const behind = state.follows ? 0 : Math.min(state.behind + 1, entries.length - 1);
  return { ...state, entries, behind };
}

function trimmed(entries: readonly Entry[]): readonly Entry[] {
  let rows = 0;
  let first = entries.length;
  while (first > 0 && entries.length - first < MOST_ENTRIES) {
    rows += rowsOf(entries[first - 1]);
    if (rows > MOST_THREAD_ROWS && first < entries.length) break;
    first -= 1;
  }
  return first === 0 ? entries : entries.slice(first);
}

function rowsOf(entry: Entry | undefined): number {
  return (entry?.frame.targets ?? []).reduce((sum, target) => sum + target.threads.length, 0);
}

/** The frame at the cursor with those before it, and the process that is shown. */
export interface Shown {
  readonly entry: Entry;
  readonly target: TargetFrame;
  /** Up to the shown frame, the newest last. */
  readonly past: readonly Entry[];
}

/** null before the first frame. Where the process has ended, the last frame that has it. */
export function shownOf(state: WatchState): Shown | null {
  for (let at = state.entries.length - 1 - state.behind; at >= 0; at -= 1) {
    const entry = state.entries[at];
    const target = entry === undefined ? null : targetIn(entry.frame, state.tgid);
    if (entry !== undefined && target !== null)
      return { entry, target, past: state.entries.slice(0, at + 1) };
  }
  return null;
}

export function targetIn(frame: WatchFrame, tgid: number | null): TargetFrame | null {
  return (tgid === null ? frame.targets[0] : frame.targets.find((one) => one.tgid === tgid)) ?? null;
}

/** One value of each frame of the past; null where it is not known. */
export function history(
  { past, target }: Shown,
  pick: (target: TargetFrame, entry: Entry) => number | null,
): (number | null)[] {
  return past.map((entry) => {
    const then = targetIn(entry.frame, target.tgid);
    return then === null ? null : pick(then, entry);
  });
}

/** The rows of the threads table, in the order that was chosen. */
export function threadRows(state: WatchState, { target }: Shown): readonly ThreadFrame[] {
  const wanted = state.filter.toLowerCase();
  return target.threads
    .filter((thread) => wanted === '' || thread.comm.toLowerCase().includes(wanted))
    .sort((a, b) => compare(state.sort, a, b) || a.tid - b.tid);
}

function compare(sort: Sort, a: ThreadFrame, b: ThreadFrame): number {
  const known = (value: ThreadFrame['runTimeNs']) => (isMissing(value) ? -1 : value);
  switch (sort) {
    case 'delay':
      return known(b.runDelayNs) - known(a.runDelayNs);
    case 'run':
      return known(b.runTimeNs) - known(a.runTimeNs);
    case 'stall':
      return known(b.faultStallNs) - known(a.faultStallNs);
    case 'moves':
      return known(b.migrations) - known(a.migrations);
    case 'faults':
      return known(b.minorFaults) + known(b.majorFaults) - known(a.minorFaults) - known(a.majorFaults);
    case 'name':
      return a.comm < b.comm ? -1 : Number(a.comm > b.comm);
    case 'tid':
      return 0;
  }
}

/** Late moments and slow faults of the shown frame and process, the worst first. */
export function momentsOf({ entry, target }: Shown): readonly HistoryEvent[] {
  return entry.moments.filter(({ tgid }) => tgid === target.tgid).sort((a, b) => b.weight - a.weight);
}

/** Findings of the shown frame; none where the rules did not look. */
export function findingsOf({ entry }: Shown) {
  const { judgement } = entry.frame;
  return isMissing(judgement) ? [] : judgement.findings;
}
