/** Gives commands the outside: host, clock, terminal, signals. */
import { createInterface } from 'node:readline/promises';
import { systemClock } from '../app/clock.ts';
import { openHost } from '../app/open-host.ts';
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Context, Drawing, Progress } from './command.ts';
import { type Look, withoutControls } from './output/look.ts';

export interface Terminal {
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly err: (text: string) => void;
  /** Who reloads at SIGHUP instead of ending; absent where there are no signals. */
  readonly onHangup?: (listener: () => void) => void;
}

export function createContext(
  look: Look,
  terminal: Terminal,
  signal: AbortSignal,
  options: { readonly sysroot?: unknown; readonly yes?: unknown; readonly json?: unknown },
): Context {
  const sysroot = typeof options.sysroot === 'string' ? options.sysroot : undefined;
  const canAsk = terminal.stdinIsTerminal && terminal.stdoutIsTerminal && options.json !== true;
  const note = (line: Sentence) => terminal.err(`${withoutControls(look.say(line))}\n`);
  return {
    open: () => openHost(sysroot),
    openLive: () => openHost().host,
    clock: systemClock,
    look,
    signal,
    env: process.env,
    progress: (label, durationNs) => startProgress(label, durationNs, look, terminal),
    drawing: () => startDrawing(options.json === true, terminal),
    canAsk,
    openScreen: async () => {
      if (!canAsk) return null;
      const { openScreen } = await import('../tui/terminal.ts');
      return openScreen(process.stdin, process.stdout);
    },
    runLine: (words) => runLine(words, look, terminal),
    confirm: (plan, question) => confirm(plan, question, options, look, terminal, signal),
    note,
    onHangup: (listener) => terminal.onHangup?.(listener),
  };
}

async function confirm(
  plan: readonly string[],
  question: Sentence,
  options: { readonly yes?: unknown; readonly json?: unknown },
  look: Look,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  const yes = options.yes === true;
  // With --json stderr is for programs too: nothing or one error, unless there is somebody to ask.
  const isRead = options.json !== true || (terminal.stdinIsTerminal && !yes);
  for (const line of isRead ? plan : []) terminal.err(`${withoutControls(line)}\n`);
  if (yes) return true;
  if (!terminal.stdinIsTerminal) {
    throw new KeelError('E_USAGE', {
      what: {
        en: 'there is no terminal to ask on, so nothing was changed',
        ko: '물어볼 터미널이 없어 아무것도 바꾸지 않았습니다',
      },
      next: [
        {
          en: 'To act at once: --yes      To see the plan only: --dry-run',
          ko: '바로 실행: --yes      계획만 보기: --dry-run',
        },
      ],
    });
  }
  return /^(y|yes|예|네|ㅇ)$/i.test(await ask(`${look.say(question)} [y/N] `, terminal, signal));
}

/** What was typed; nothing at the end of the input (Ctrl-D). @throws KeelError E_INTERRUPTED */
async function ask(prompt: string, terminal: Terminal, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // On a terminal readline takes Ctrl-C for itself.
  const typedCtrlC = new AbortController();
  lines.once('SIGINT', () => typedCtrlC.abort());
  const stop = AbortSignal.any([signal, typedCtrlC.signal]);
  // At the end of the input the question is never answered.
  const ended = new Promise<null>((resolve) => {
    lines.once('close', () => resolve(null));
  });
  try {
    const typed = await Promise.race([lines.question(prompt, { signal: stop }), ended]);
    if (typed !== null) return typed.trim();
    terminal.err('\n');
    return '';
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    if (!typedCtrlC.signal.aborted) terminal.err('\n');
    throw new KeelError('E_INTERRUPTED', {
      what: { en: 'interrupted; nothing was changed', ko: '중단되었습니다. 아무것도 바꾸지 않았습니다' },
    });
  } finally {
    lines.close();
  }
}

/** The result stays until a key is pressed: the screen that comes back would cover it. */
async function runLine(words: readonly string[], look: Look, terminal: Terminal): Promise<void> {
  const { main } = await import('./main.ts');
  const signal = new AbortController().signal;
  const { columns } = process.stdout;
  await main([...words, '--lang', look.language], {
    ...terminal,
    out: (text) => process.stdout.write(text),
    env: process.env,
    columns,
    signal,
  });
  const prompt = look.say({
    en: 'Enter goes back to the screen ',
    ko: 'Enter를 누르면 화면으로 돌아갑니다 ',
  });
  await ask(prompt, terminal, signal).catch((error) => {
    // Ctrl-C goes back as well.
    if (!(error instanceof KeelError)) throw error;
  });
}

const PROGRESS_AFTER_NS = 2e9;

function startProgress(label: Sentence, durationNs: number, look: Look, terminal: Terminal): Progress {
  if (!terminal.stderrIsTerminal || durationNs <= PROGRESS_AFTER_NS) return { stop: () => {} };
  const began = process.hrtime.bigint();
  const draw = () => {
    const done = Math.min(1, Number(process.hrtime.bigint() - began) / durationNs);
    const bar = (look.unicode ? '█' : '#').repeat(Math.round(done * 20));
    const rest = (look.unicode ? '░' : '.').repeat(20 - Math.round(done * 20));
    const left = Math.ceil(((1 - done) * durationNs) / 1e9);
    terminal.err(`\r${look.say(label)} ${bar}${rest} ${left} s \x1b[K`);
  };
  draw();
  const timer = setInterval(draw, 250);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      terminal.err('\r\x1b[K');
    },
  };
}

/** Goes up over what it drew and writes over it. A line must fit: one that wraps is two, and the way up is wrong. */
function startDrawing(isForPrograms: boolean, terminal: Terminal): Drawing {
  if (!terminal.stderrIsTerminal || isForPrograms) return { show: () => {}, stop: () => {} };
  let drawn = 0;
  const back = () => (drawn === 0 ? '\r' : `\r\x1b[${drawn}A`);
  return {
    show(lines) {
      const text = lines.map((line) => `\x1b[K${withoutControls(line)}\n`).join('');
      terminal.err(`${back()}${text}\x1b[J`);
      drawn = lines.length;
    },
    stop() {
      if (drawn > 0) terminal.err(`${back()}\x1b[J`);
      drawn = 0;
    },
  };
}
