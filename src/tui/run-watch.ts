/** Runs the screen of `keel watch` and of `keel replay`: frames and keys in, lines out. */
import type { Look } from '../cli/output/look.ts';
import type { HistoryEvent } from '../history/events.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import type { Key } from './keys.ts';
import type { Screen } from './terminal.ts';
import { renderWatch } from './watch/screen.ts';
import {
  type ChangeChoice,
  initialState,
  type ProcessChoice,
  type WatchState,
  withFrame,
} from './watch/state.ts';
import { type Effect, updateWatch } from './watch/update.ts';

/** What the screen needs of the outside. */
export interface WatchOutside {
  /** Frames of a process, or, of null, of what was asked for; until the signal aborts. */
  readonly frames: (tgid: number | null, pace: Pace, signal: AbortSignal) => AsyncIterable<WatchFrame>;
  /** Runs a command line of keel on the terminal, which is given back meanwhile. */
  readonly runLine: (words: readonly string[]) => Promise<void>;
  readonly processes: () => readonly ProcessChoice[];
  readonly changes: () => Promise<readonly ChangeChoice[]>;
  /** Late moments and slow faults that were recorded in the interval of a frame. */
  readonly momentsOf?: (frame: WatchFrame) => readonly HistoryEvent[];
  readonly signal: AbortSignal;
}

/** Read before each interval. */
export interface Pace {
  everyNs: number;
}

/** @returns the state at the end. Errors of the frames are thrown once the terminal is as it was. */
export async function runWatch(
  screen: Screen,
  look: Look,
  first: Pick<WatchState, 'source' | 'title' | 'everyNs'>,
  outside: WatchOutside,
): Promise<WatchState> {
  const run = new WatchRun(screen, look, initialState({ ...first, size: screen.size() }), outside);
  try {
    return await run.untilQuit();
  } finally {
    screen.close();
  }
}

/** Another process has nothing of the one before. */
const AFRESH = { entries: [], behind: 0, follows: true, tgid: null, tid: null, finding: 0, hasEnded: false };

class WatchRun {
  readonly #screen: Screen;
  readonly #look: Look;
  readonly #outside: WatchOutside;
  readonly #pace: Pace;
  readonly #done = settled();
  #state: WatchState;
  #following = new AbortController();
  #isAway = false;

  constructor(screen: Screen, look: Look, state: WatchState, outside: WatchOutside) {
    this.#screen = screen;
    this.#look = look;
    this.#state = state;
    this.#outside = outside;
    this.#pace = { everyNs: state.everyNs };
  }

  async untilQuit(): Promise<WatchState> {
    const { signal } = this.#outside;
    const stop = () => this.#done.resolve();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    this.#screen.onKey((key) => this.#onKey(key));
    this.#screen.onResize(() => this.#set({ ...this.#state, size: this.#screen.size() }));
    this.#draw();
    this.#follow(null);
    try {
      await this.#done.promise;
      return this.#state;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#following.abort();
    }
  }

  /** Draws the frames of a process from now on, and no others. */
  #follow(tgid: number | null): void {
    this.#following.abort();
    const own = new AbortController();
    this.#following = own;
    const show = async () => {
      for await (const frame of this.#outside.frames(tgid, this.#pace, own.signal)) {
        if (own.signal.aborted) return;
        this.#set(withFrame(this.#state, frame, this.#outside.momentsOf?.(frame)));
      }
      if (!own.signal.aborted) this.#set({ ...this.#state, hasEnded: true });
    };
    show().catch((error) => {
      if (!own.signal.aborted) this.#done.reject(error);
    });
  }

  #set(state: WatchState): void {
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    if (!this.#isAway) this.#screen.draw(renderWatch(this.#state, this.#look));
  }

  #onKey(key: Key): void {
    const { state, effect } = updateWatch(this.#state, key);
    this.#set(state);
    if (effect !== undefined) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        this.#done.resolve();
        break;
      case 'pace':
        this.#pace.everyNs = effect.everyNs;
        break;
      case 'watch':
        this.#set({ ...this.#state, ...AFRESH });
        this.#follow(effect.tgid);
        break;
      case 'list-processes': {
        const processes = this.#outside.processes();
        this.#set({ ...this.#state, overlay: { kind: 'targets', text: '', at: 0, processes } });
        break;
      }
      case 'list-changes':
        this.#async(async () => {
          const changes = await this.#outside.changes();
          this.#set({ ...this.#state, overlay: { kind: 'undo', changes, at: 0 } });
        });
        break;
      case 'run':
        this.#async(() => this.#runLine(effect.words));
        break;
    }
  }

  #async(work: () => Promise<void>): void {
    work().catch((error) => this.#done.reject(error));
  }

  /** Frames go on meanwhile and are there when the screen comes back. */
  async #runLine(words: readonly string[]): Promise<void> {
    this.#isAway = true;
    this.#screen.leave();
    try {
      await this.#outside.runLine(words);
    } finally {
      this.#isAway = false;
      this.#screen.enter();
      this.#draw();
    }
  }
}

interface Settled {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function settled(): Settled {
  let [resolve, reject]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}
