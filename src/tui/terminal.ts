/** The terminal as a screen: entered, drawn line by line, and given back whatever ends us. The only effects of drawing. */
import { withoutControls } from '../cli/output/look.ts';
import { type Key, parseKeys } from './keys.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Screen {
  readonly size: () => ScreenSize;
  /** Writes the lines that differ from those drawn last. */
  readonly draw: (lines: readonly string[]) => void;
  /** Gives the terminal back for a while, for a program that asks something. */
  readonly leave: () => void;
  readonly enter: () => void;
  readonly onKey: (listener: (key: Key) => void) => void;
  readonly onResize: (listener: () => void) => void;
  readonly close: () => void;
}

/** The other screen, no cursor, no wrapping at the right edge. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
/** A terminal that knows it shows all of a frame at once; the others ignore it. */
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

export function openScreen(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Screen {
  const screen = new ProcessScreen(input, output);
  screen.enter();
  return screen;
}

class ProcessScreen implements Screen {
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  readonly #stops: (() => void)[] = [];
  #drawn: readonly string[] = [];
  #isEntered = false;

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.#input = input;
    this.#output = output;
    // Also where an error nobody caught ends us: the screen is given back before it is told.
    this.#listen(process, 'exit', () => this.leave());
    this.#listen(process, 'uncaughtExceptionMonitor', () => this.leave());
    this.#listen(process, 'SIGCONT', () => this.#redraw());
  }

  #listen(
    from: { on: (name: string, to: () => void) => unknown; off: (name: string, to: () => void) => unknown },
    name: string,
    to: () => void,
  ): void {
    from.on(name, to);
    this.#stops.push(() => from.off(name, to));
  }

  size(): ScreenSize {
    return { columns: this.#output.columns ?? 80, rows: this.#output.rows ?? 24 };
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#output.write(ENTER);
    this.#drawn = [];
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    this.#output.write(LEAVE);
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  draw(lines: readonly string[]): void {
    if (!this.#isEntered) return;
    const changed = lines.flatMap((line, row) =>
      line === this.#drawn[row] ? [] : [`\x1b[${row + 1};1H\x1b[K${withoutControls(line)}\x1b[0m`],
    );
    this.#drawn = lines;
    if (changed.length > 0) this.#output.write(`${BEGIN}${changed.join('')}${END}`);
  }

  /** What is on the terminal is not what we drew: after a stop, or at another size. */
  #redraw(): void {
    const lines = this.#drawn;
    this.#drawn = [];
    if (this.#isEntered) this.#output.write('\x1b[2J');
    this.draw(lines);
  }

  onKey(listener: (key: Key) => void): void {
    const onData = (data: Buffer) => {
      if (this.#isEntered) for (const key of parseKeys(data.toString('utf8'))) listener(key);
    };
    this.#input.on('data', onData);
    this.#stops.push(() => this.#input.off('data', onData));
  }

  onResize(listener: () => void): void {
    const onResize = () => {
      this.#drawn = [];
      if (this.#isEntered) this.#output.write('\x1b[2J');
      listener();
    };
    this.#listen(this.#output as never, 'resize', onResize);
  }

  close(): void {
    this.leave();
    for (const stop of this.#stops) stop();
  }
}
