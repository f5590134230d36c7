/**
 * The dashboard asks keel itself: each measurement is the command line that a person would type, in a process of its
 * own, and the answer is its JSON document. So the page shows what the terminal shows, a measurement that fails takes
 * nothing with it, and one whose viewer has left is interrupted like by Ctrl-C, which detaches everything.
 */
import { spawn } from 'node:child_process';

export interface KeelAnswer {
  readonly exitCode: number;
  /** What came on standard output, or the error of standard error; null where neither is JSON. */
  readonly document: unknown;
}

export interface KeelRunner {
  /** @param words of the command line; each stays one word, no shell sees them */
  readonly run: (words: readonly string[], signal: AbortSignal) => Promise<KeelAnswer>;
}

/** Documents of a long recording have some megabytes; more than this is a mistake. */
const MOST_BYTES = 64 * 1024 * 1024;
/** After an interrupt everything is detached within a moment; a process that hangs is ended. */
const GRACE_MS = 5000;

export interface Program {
  readonly node: string;
  readonly nodeArguments: readonly string[];
  readonly script: string;
}

export function createRunner(program: Program): KeelRunner {
  return { run: (words, signal) => runKeel(program, words, signal) };
}

function runKeel(program: Program, words: readonly string[], signal: AbortSignal): Promise<KeelAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.node, [...program.nodeArguments, program.script, ...words, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = new Collected();
    const err = new Collected();
    const interrupt = () => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    };
    if (signal.aborted) interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!out.add(chunk)) interrupt();
    });
    child.stderr.on('data', (chunk: Buffer) => void err.add(chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      signal.removeEventListener('abort', interrupt);
      resolve({ exitCode: status ?? 1, document: out.json() ?? err.json() });
    });
  });
}

class Collected {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  /** False where it is too much; that part is not kept. */
  add(chunk: Buffer): boolean {
    if (this.#bytes + chunk.length > MOST_BYTES) return false;
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    return true;
  }

  /** null where the text is no JSON document. */
  json(): unknown {
    try {
      return JSON.parse(Buffer.concat(this.#chunks).toString('utf8'));
    } catch {
      return null;
    }
  }
}
