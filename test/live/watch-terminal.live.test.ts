/** `keel watch` on a terminal: drawn anew at another size, and given back whatever ends it. */
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Played, playInTerminal, type Step } from './in-terminal.ts';
import { NO_PYTHON, type Obedient, startObedient } from './obedient.ts';

const KEEL = join(import.meta.dirname, '../../src/cli/keel.ts');
const { SIGINT, SIGTERM, SIGHUP, SIGUSR2, SIGCONT } = constants.signals;
/** Everything is drawn where this is: it comes with the first frame. */
const DRAWN: Step = { until: 'threads by run delay' };
/** A program that fails at a moment of our choice. */
const FAILING = '--import=data:text/javascript,process.on("SIGUSR2",()=>{throw(Error("planned"))})';
const ENTERED = ['\x1b[?1049h', '\x1b[?25l', '\x1b[?7l'];
const LEFT = ['\x1b[?1049l', '\x1b[?25h', '\x1b[?7h'];

describe.skipIf(NO_PYTHON !== null)(
  `keel watch on a terminal${NO_PYTHON ? ` (skipped: ${NO_PYTHON})` : ''}`,
  () => {
    let subject: Obedient;
    beforeAll(async () => {
      subject = await startObedient();
    });
    afterAll(() => subject.end());

    const watch = (...steps: Step[]) => watchWith([], ...steps);
    const watchWith = (options: readonly string[], ...steps: Step[]) =>
      playInTerminal({
        argv: [
          ...[process.execPath, '--import', 'tsx', FAILING, KEEL],
          ...['watch', `${subject.pid}`, '--counts', '--every', '200ms', ...options],
        ],
        columns: 100,
        rows: 30,
        steps,
        env: { XDG_STATE_HOME: join(tmpdir(), 'keel-watch-terminal') },
      });

    const endings: readonly (readonly [what: string, step: Step, status: number])[] = [
      ['q', { type: 'q' }, 0],
      ['Ctrl-C', { type: '\x03' }, 0],
      ['SIGINT', { signal: SIGINT }, 0],
      ['SIGTERM', { signal: SIGTERM }, 0],
      ['SIGHUP', { signal: SIGHUP }, 0],
      ['an error nobody caught', { signal: SIGUSR2 }, 1],
    ];
    it.each(endings)('gives it back after %s', async (_, step, status) => {
      const played = await watch(DRAWN, step);
      expect(inOrder(played, ENTERED)).toBe(true);
      expect(last(played)).toSatisfy((text: string) => LEFT.every((one) => text.includes(one)));
      expect(played).toMatchObject({ status, echo: true, canonical: true });
      // Nothing is drawn on what was given back.
      expect(afterLeaving(played)).not.toMatch(/\x1b\[\?1049h|\x1b\[\d+;1H/);
    });

    it('leaves by itself when its time is over, and says what it saw', async () => {
      const played = await watchWith(['--for', '1s'], DRAWN);
      expect(played).toMatchObject({ status: 0, echo: true });
      expect(afterLeaving(played)).toMatch(/: 1\.\d{3} s, /);
    });

    it('says what went wrong where it can be read: after the screen', async () => {
      const played = await watch(DRAWN, { signal: SIGUSR2 });
      expect(afterLeaving(played)).toContain('planned');
    });

    it('draws every line anew at another size, and none wider', async () => {
      const { output } = await watch(DRAWN, { resize: [70, 20] }, wholeFrame(20), { type: 'q' });
      const lines = linesDrawn(output[2] ?? '');
      expect(lines.map(({ row }) => row)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect(Math.max(...lines.map(({ text }) => [...text].length))).toBe(70);
    });

    it('says in one line that a terminal is too small, and comes back when it is not', async () => {
      const larger: readonly Step[] = [{ resize: [80, 24] }, DRAWN, { type: 'q' }];
      const { output, status } = await watch(DRAWN, { resize: [30, 6] }, wholeFrame(6), ...larger);
      const small = linesDrawn(output[2] ?? '').filter(({ text }) => text.trim() !== '');
      expect(small).toEqual([{ row: 1, text: expect.stringContaining('30x6 is too small: need 40x10') }]);
      expect(status).toBe(0);
    });

    it('draws everything again after a stop', async () => {
      const { output } = await watch(DRAWN, { signal: SIGCONT }, wholeFrame(30), { type: 'q' });
      expect(linesDrawn(output[2] ?? '')).toHaveLength(30);
    });
  },
);

const last = ({ output }: Played): string => output.at(-1) ?? '';

function inOrder({ output }: Played, parts: readonly string[]): boolean {
  return (output[0] ?? '').startsWith(parts.join(''));
}

function afterLeaving(played: Played): string {
  const all = played.output.join('');
  return all.slice(all.indexOf('\x1b[?1049l') + 8);
}

/** Cleared, and drawn down to the last row. */
function wholeFrame(rows: number): Step {
  return { until: `\x1b\\[2J.*\x1b\\[${rows};1H.*\x1b\\[\\?2026l` };
}

/** What the first frame after the screen was cleared drew. */
function linesDrawn(text: string): readonly { readonly row: number; readonly text: string }[] {
  const [frame = ''] = text.slice(text.indexOf('\x1b[2J')).split('\x1b[?2026l');
  return [...frame.matchAll(/\x1b\[(\d+);1H\x1b\[K([^\x1b]*)/g)].map(([, row, line = '']) => ({
    row: Number(row),
    text: line,
  }));
}
