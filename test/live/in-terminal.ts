/** Runs a program in a terminal of its own: fixtures/programs/in-terminal.py. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/in-terminal.py');

export type Step =
  /** A regular expression of Python's, whose dot is any character. */
  | { readonly until: string }
  | { readonly type: string }
  | { readonly signal: number }
  | { readonly resize: readonly [columns: number, rows: number] };

export interface InTerminal {
  readonly argv: readonly string[];
  readonly columns: number;
  readonly rows: number;
  readonly steps: readonly Step[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface Played {
  /** What came during each step, and last what came until the program ended. */
  readonly output: readonly string[];
  /** Of the program, user and system. */
  readonly cpuUs: number;
  /** Negative: the signal that ended it. */
  readonly status: number;
  /** Modes of the terminal afterwards. */
  readonly echo: boolean;
  readonly canonical: boolean;
}

/** @throws Error with what came instead of what a step waits for */
export async function playInTerminal({ env, ...request }: InTerminal): Promise<Played> {
  const child = spawn('python3', [PROGRAM, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: '1', LC_ALL: 'C.UTF-8', ...env },
  });
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(complaint);
  return JSON.parse(said) as Played;
}
