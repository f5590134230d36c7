import { describe, expect, it } from 'vitest';
import { frameFinding, targetFrame, threadFrame, watchFrame } from '../../model/watch/testing/frames.ts';
import { type Key, parseKeys } from '../keys.ts';
import { initialState, shownOf, threadRows, type WatchState, withFrame } from './state.ts';
import { type Effect, updateWatch } from './update.ts';

const THREADS = [
  threadFrame(8, { comm: 'net', runTimeNs: 30, runDelayNs: 1, migrations: 3 }),
  threadFrame(7, { comm: 'tick', runTimeNs: 10, runDelayNs: 9, migrations: 1 }),
  threadFrame(9, { comm: 'log', runTimeNs: 20, runDelayNs: 5, migrations: 2 }),
];
const REMEDY = { text: { en: 'x', ko: 'x' }, command: 'keel pin 7 core:1', undo: null };

function frame(at: number) {
  return watchFrame(at, {
    targets: [targetFrame(7, { threads: THREADS, activity: { migrations: 6 } }), targetFrame(70)],
    judgement: {
      monotonicNs: 0n,
      windowNs: 1e9,
      findings: [frameFinding({ remedies: [REMEDY] }), frameFinding()],
    },
  });
}

function stateOf(frames: number, source: WatchState['source'] = 'live'): WatchState {
  let state = initialState({ size: { columns: 80, rows: 24 }, source, title: 'arena', everyNs: 1e9 });
  for (let at = 1; at <= frames; at += 1) state = withFrame(state, frame(at));
  return state;
}

/** What typing does: the state in the end, and every effect on the way. */
function typing(state: WatchState, text: string): { state: WatchState; effects: Effect[] } {
  const effects: Effect[] = [];
  let now = state;
  for (const key of parseKeys(text)) {
    const next = updateWatch(now, key);
    now = next.state;
    if (next.effect !== undefined) effects.push(next.effect);
  }
  return { state: now, effects };
}

const UP = '\x1b[A';
const DOWN = '\x1b[B';
const LEFT = '\x1b[D';
const tids = (state: WatchState) => {
  const shown = shownOf(state);
  return shown === null ? [] : threadRows(state, shown).map((one) => one.tid);
};

describe('keys', () => {
  it.each<[string, Key[]]>([
    ['q', [{ text: 'q' }]],
    ['\x1b', [{ name: 'escape' }]],
    ['\x1b[A\x1bOB', [{ name: 'up' }, { name: 'down' }]],
    ['\x1b[5~a', [{ name: 'page-up' }, { text: 'a' }]],
    ['\x1b[200;99;1M', []],
    ['한\r', [{ text: '한' }, { name: 'enter' }]],
    ['\x03', [{ name: 'interrupt' }]],
  ])('are read from %j', (text, keys) => {
    expect(parseKeys(text)).toEqual(keys);
  });
});

describe('time on the screen', () => {
  const at = (state: WatchState) => Number(shownOf(state)?.entry.frame.monotonicNs ?? 0n) / 1e9;

  it('follows the newest frame', () => {
    expect(at(stateOf(5))).toBe(5);
  });

  it('stands still while paused, and is live again with p or End', () => {
    const paused = withFrame(withFrame(typing(stateOf(5), 'p').state, frame(6)), frame(7));
    expect(at(paused)).toBe(5);
    expect(at(typing(paused, 'p').state)).toBe(7);
    expect(at(typing(paused, '\x1b[F').state)).toBe(7);
  });

  it('steps back and forth, not beyond the ends', () => {
    expect(at(typing(stateOf(5), LEFT + LEFT).state)).toBe(3);
    expect(at(typing(stateOf(5), LEFT.repeat(9)).state)).toBe(1);
    expect(at(typing(stateOf(5), `${LEFT}\x1b[C\x1b[C`).state)).toBe(5);
  });

  it('keeps ten minutes at most', () => {
    expect(stateOf(700).entries).toHaveLength(600);
  });

  it('adds up the migrations of all frames, also of those that are no longer kept', () => {
    expect(stateOf(700).entries.at(-1)?.migrations.get(7)).toBe(4200);
  });
});

describe('rows', () => {
  it('are sorted by what s chooses', () => {
    expect(tids(stateOf(1))).toEqual([7, 9, 8]);
    expect(tids(typing(stateOf(1), 's').state)).toEqual([8, 9, 7]);
  });

  it('are filtered by what is typed behind /', () => {
    expect(tids(typing(stateOf(1), '/T').state)).toEqual([7, 8]);
    expect(tids(typing(stateOf(1), '/Ti\r').state)).toEqual([7]);
    expect(tids(typing(stateOf(1), '/Ti\x7f\x7f\r').state)).toEqual([7, 9, 8]);
  });

  it('have a cursor that stays on its thread when the order changes', () => {
    const state = typing(stateOf(1), DOWN).state;
    expect(state.tid).toBe(9);
    expect(typing(state, UP + UP).state.tid).toBe(7);
    expect(typing(state, '\r').state.overlay).toEqual({ kind: 'thread', tid: 9 });
  });

  it('of findings have one too', () => {
    const { state } = typing(stateOf(1), `\t${DOWN}${DOWN}\r`);
    expect(state.overlay).toEqual({ kind: 'finding', at: 1 });
  });

  it('are those of the next process with g', () => {
    expect(tids(typing(stateOf(1), 'g').state)).toEqual([70]);
  });
});

describe('changes', () => {
  it('come from no single key', () => {
    const single = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-/? \t\r\x1b'];
    const effects = single.flatMap((key) => typing(stateOf(2), key).effects);
    expect(effects.filter((one) => one.kind === 'run')).toEqual([]);
  });

  it('are commands that show their plan: a pin of the process or of the thread at the cursor', () => {
    expect(typing(stateOf(1), 'acore:0\r').effects).toEqual([{ kind: 'run', words: ['pin', '7', 'core:0'] }]);
    expect(typing(stateOf(1), `${DOWN}A1\r`).effects).toEqual([
      { kind: 'run', words: ['pin', 'tid:9', '1'] },
    ]);
    expect(typing(stateOf(1), 'a\r').effects).toEqual([]);
  });

  it('are what a finding advises, where that is a command of keel', () => {
    expect(typing(stateOf(1), 't\r').effects).toEqual([{ kind: 'run', words: ['pin', '7', 'core:1'] }]);
    expect(typing(stateOf(1), `\t${DOWN}t\r`).effects).toEqual([]);
  });

  it('are undone after a choice and a yes, and shown before with Enter', () => {
    const { state, effects } = typing(stateOf(1), 'u');
    expect(effects).toEqual([{ kind: 'list-changes' }]);
    const changes = ['c-1', 'c-2'].map((id) => ({ id, command: 'pin 7 0' }));
    const choosing: WatchState = { ...state, overlay: { kind: 'undo', changes, at: 0 } };
    expect(typing(choosing, `${DOWN}y`).effects).toEqual([{ kind: 'run', words: ['undo', 'c-2'] }]);
    const shown = typing(choosing, '\r');
    expect(shown.effects).toEqual([{ kind: 'run', words: ['undo', 'c-1', '--dry-run'] }]);
    expect(shown.state.overlay).toEqual(choosing.overlay);
    expect(typing(choosing, 'n').effects).toEqual([]);
  });

  it('cannot be made in a recording', () => {
    expect(typing(stateOf(1, 'replay'), 'a0\rt\ruy+').effects).toEqual([]);
  });
});

describe('other targets', () => {
  it('are chosen by name or number', () => {
    const processes = [
      { tgid: 12, comm: 'zstd' },
      { tgid: 13, comm: 'nginx' },
      { tgid: 14, comm: 'nginx' },
    ];
    const choosing: WatchState = { ...stateOf(1), overlay: { kind: 'targets', text: '', at: 0, processes } };
    expect(typing(choosing, `ngi${DOWN}\r`).effects).toEqual([{ kind: 'watch', tgid: 14 }]);
    expect(typing(choosing, '12\r').effects).toEqual([{ kind: 'watch', tgid: 12 }]);
    expect(typing(choosing, 'nothing\r').effects).toEqual([]);
  });
});

it('the interval steps through paces', () => {
  const { state, effects } = typing(stateOf(1), '++-');
  expect(state.everyNs).toBe(2e9);
  expect(effects.at(-1)).toEqual({ kind: 'pace', everyNs: 2e9 });
});
