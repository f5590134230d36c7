/** Keys: from a state to the next, and what is to be done outside. Nothing changes the machine on a single key. */
import type { Key } from '../keys.ts';
import { updateOverlay } from './overlay-keys.ts';
import { findingsOf, PANELS, SORTS, shownOf, threadRows, type WatchState } from './state.ts';

/** Done by whoever runs the screen. `run` leaves the screen to a command line of keel, which shows its plan and asks. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'run'; readonly words: readonly string[] }
  | { readonly kind: 'pace'; readonly everyNs: number }
  | { readonly kind: 'watch'; readonly tgid: number }
  | { readonly kind: 'list-processes' }
  | { readonly kind: 'list-changes' };

export interface Updated {
  readonly state: WatchState;
  readonly effect?: Effect;
}

/** The paces that + and - step through. */
const PACES_NS = [100e6, 200e6, 500e6, 1e9, 2e9, 5e9, 10e9, 30e9, 60e9];
const PAGE_ROWS = 10;

export function updateWatch(state: WatchState, key: Key): Updated {
  const calm = state.message === null ? state : { ...state, message: null };
  if ('name' in key && key.name === 'interrupt') return { state: calm, effect: { kind: 'quit' } };
  if (calm.overlay !== null) return updateOverlay(calm, calm.overlay, key);
  return 'name' in key ? onNamed(calm, key.name) : onText(calm, key.text);
}

function onNamed(state: WatchState, name: string): Updated {
  switch (name) {
    case 'up':
      return { state: moveCursor(state, -1) };
    case 'down':
      return { state: moveCursor(state, 1) };
    case 'page-up':
      return { state: moveCursor(state, -PAGE_ROWS) };
    case 'page-down':
      return { state: moveCursor(state, PAGE_ROWS) };
    case 'left':
      return { state: stepBy(state, 1) };
    case 'right':
      return { state: stepBy(state, -1) };
    case 'home':
      return { state: stepBy(state, state.entries.length) };
    case 'end':
      return { state: { ...state, behind: 0, follows: true } };
    case 'tab':
      return { state: { ...state, panel: next(PANELS, state.panel) } };
    case 'enter':
      return { state: opened(state) };
    default:
      return { state };
  }
}

function onText(state: WatchState, text: string): Updated {
  switch (text) {
    case 'q':
      return { state, effect: { kind: 'quit' } };
    case '?':
    case 'h':
      return { state: { ...state, overlay: { kind: 'help' } } };
    case 'p':
    case ' ':
      return { state: state.follows ? { ...state, follows: false } : { ...state, follows: true, behind: 0 } };
    case '+':
    case '=':
      return paced(state, 1);
    case '-':
      return paced(state, -1);
    case '/':
      return { state: { ...state, overlay: { kind: 'filter', text: state.filter } } };
    case 's':
      return { state: { ...state, sort: next(SORTS, state.sort), tid: null } };
    case 'g':
      return { state: nextTarget(state) };
    case 'l':
      return { state: { ...state, overlay: { kind: 'moments' } } };
    default:
      return state.source === 'live' ? onLiveText(state, text) : { state };
  }
}

/** What a recording cannot do: the processes in it are not those of now. */
function onLiveText(state: WatchState, text: string): Updated {
  switch (text) {
    case 'o':
      return { state, effect: { kind: 'list-processes' } };
    case 'a':
      return { state: { ...state, overlay: { kind: 'pin', text: '', tid: null } } };
    case 'A':
      return { state: { ...state, overlay: { kind: 'pin', text: '', tid: cursorTid(state) } } };
    case 't':
      return { state: { ...state, overlay: { kind: 'finding', at: state.finding } } };
    case 'u':
      return { state, effect: { kind: 'list-changes' } };
    default:
      return { state };
  }
}

function next<T>(all: readonly T[], now: T): T {
  return all[(all.indexOf(now) + 1) % all.length] ?? now;
}

function paced(state: WatchState, by: 1 | -1): Updated {
  if (state.source !== 'live') return { state };
  const at = PACES_NS.findIndex((pace) => pace >= state.everyNs);
  const everyNs = PACES_NS[Math.max(0, Math.min(PACES_NS.length - 1, at + by))] ?? state.everyNs;
  return { state: { ...state, everyNs }, effect: { kind: 'pace', everyNs } };
}

/** @param back frames towards the past */
function stepBy(state: WatchState, back: number): WatchState {
  const behind = Math.max(0, Math.min(state.entries.length - 1, state.behind + back));
  return { ...state, behind, follows: false };
}

function nextTarget(state: WatchState): WatchState {
  const all = (state.entries.at(-1)?.frame.targets ?? []).map((target) => target.tgid);
  const now = state.tgid ?? all[0];
  return all.length < 2 || now === undefined ? state : { ...state, tgid: next(all, now), tid: null };
}

export function cursorTid(state: WatchState): number | null {
  const shown = shownOf(state);
  const rows = shown === null ? [] : threadRows(state, shown);
  return (rows.find((one) => one.tid === state.tid) ?? rows[0])?.tid ?? null;
}

function moveCursor(state: WatchState, by: number): WatchState {
  const shown = shownOf(state);
  if (shown === null) return state;
  const within = (at: number, length: number) => Math.max(0, Math.min(length - 1, at));
  if (state.panel === 'findings')
    return { ...state, finding: within(state.finding + by, findingsOf(shown).length) };
  const tids = threadRows(state, shown).map((thread) => thread.tid);
  const at = Math.max(0, state.tid === null ? 0 : tids.indexOf(state.tid));
  return { ...state, tid: tids[within(at + by, tids.length)] ?? null };
}

function opened(state: WatchState): WatchState {
  if (state.panel === 'findings') return { ...state, overlay: { kind: 'finding', at: state.finding } };
  const tid = cursorTid(state);
  return tid === null ? state : { ...state, overlay: { kind: 'thread', tid } };
}
