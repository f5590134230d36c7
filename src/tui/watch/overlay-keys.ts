/** Keys while something lies over the screen, or a line is typed. */
import type { Key } from '../keys.ts';
import { findingsOf, type Overlay, shownOf, type WatchState } from './state.ts';
import type { Updated } from './update.ts';

export function updateOverlay(state: WatchState, overlay: Overlay, key: Key): Updated {
  if ('name' in key && key.name === 'escape') return { state: closed(state) };
  switch (overlay.kind) {
    case 'help':
    case 'thread':
    case 'moments':
      return { state: closed(state) };
    case 'finding':
      return onFinding(state, overlay.at, key);
    case 'filter':
      return onFilter(state, overlay.text, key);
    case 'pin':
      return onPin(state, overlay, key);
    case 'targets':
      return onTargets(state, overlay, key);
    case 'undo':
      return onUndo(state, overlay, key);
  }
}

function closed(state: WatchState): WatchState {
  return { ...state, overlay: null };
}

function isEnter(key: Key): boolean {
  return 'name' in key && key.name === 'enter';
}

/** The line with what was typed. */
function typed(text: string, key: Key): string {
  if ('text' in key) return text + key.text;
  return key.name === 'backspace' ? [...text].slice(0, -1).join('') : text;
}

/** Enter runs what the finding advises, which shows its plan and asks. */
function onFinding(state: WatchState, at: number, key: Key): Updated {
  const shown = shownOf(state);
  const command = shown === null ? null : remedyOf(findingsOf(shown)[at]);
  if (!isEnter(key) || command === null || state.source !== 'live') return { state: closed(state) };
  return { state: closed(state), effect: { kind: 'run', words: command } };
}

/** The words of the first command that a finding advises; null where it has none, or one for a shell. */
export function remedyOf(
  finding: ReturnType<typeof findingsOf>[number] | undefined,
): readonly string[] | null {
  const command = finding?.remedies.find((remedy) => remedy.command?.startsWith('keel '))?.command;
  if (command == null || /[^\w\s:.,/@%+=-]/.test(command)) return null;
  return command.split(/\s+/).slice(1);
}

function onFilter(state: WatchState, text: string, key: Key): Updated {
  if (isEnter(key)) return { state: closed(state) };
  const filter = typed(text, key);
  return { state: { ...state, filter, tid: null, overlay: { kind: 'filter', text: filter } } };
}

function onPin(state: WatchState, overlay: Extract<Overlay, { kind: 'pin' }>, key: Key): Updated {
  if (!isEnter(key)) return { state: { ...state, overlay: { ...overlay, text: typed(overlay.text, key) } } };
  const cpus = overlay.text.trim();
  const tgid = shownOf(state)?.target.tgid;
  if (cpus === '' || tgid === undefined) return { state: closed(state) };
  const target = overlay.tid === null ? `${tgid}` : `tid:${overlay.tid}`;
  return { state: closed(state), effect: { kind: 'run', words: ['pin', target, cpus] } };
}

/** Those whose name or number has what was typed. */
export function matchingProcesses({ processes, text }: Extract<Overlay, { kind: 'targets' }>) {
  const wanted = text.toLowerCase();
  return processes.filter(
    ({ tgid, comm }) => comm.toLowerCase().includes(wanted) || String(tgid).startsWith(wanted),
  );
}

function onTargets(state: WatchState, overlay: Extract<Overlay, { kind: 'targets' }>, key: Key): Updated {
  const matching = matchingProcesses(overlay);
  if (isEnter(key)) {
    const tgid = matching[overlay.at]?.tgid;
    if (tgid === undefined) return { state: closed(state) };
    return { state: closed(state), effect: { kind: 'watch', tgid } };
  }
  if ('name' in key && (key.name === 'up' || key.name === 'down')) {
    const at = overlay.at + (key.name === 'up' ? -1 : 1);
    const within = Math.max(0, Math.min(matching.length - 1, at));
    return { state: { ...state, overlay: { ...overlay, at: within } } };
  }
  return { state: { ...state, overlay: { ...overlay, text: typed(overlay.text, key), at: 0 } } };
}

function onUndo(state: WatchState, overlay: Extract<Overlay, { kind: 'undo' }>, key: Key): Updated {
  if ('name' in key && (key.name === 'up' || key.name === 'down')) {
    const at = overlay.at + (key.name === 'up' ? -1 : 1);
    const within = Math.max(0, Math.min(overlay.changes.length - 1, at));
    return { state: { ...state, overlay: { ...overlay, at: within } } };
  }
  const change = overlay.changes[overlay.at];
  // The choice stays open: what was shown is then done, or not.
  if (isEnter(key) && change !== undefined)
    return { state, effect: { kind: 'run', words: ['undo', change.id, '--dry-run'] } };
  if ('text' in key && key.text === 'y' && change !== undefined)
    return { state: closed(state), effect: { kind: 'run', words: ['undo', change.id] } };
  return { state: closed(state) };
}
