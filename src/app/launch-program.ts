/**
 * A program that waits to be started until it is watched: its events count from its first instruction.
 *
 * The waiting is a shell's, which then becomes the program. It gets the words as arguments and evaluates none of them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KeelError } from '../base/errors.ts';
import type { ProgramEnd } from '../model/faults/recording.ts';

/** Waits for a line, closes what it waited on, becomes the program. */
const WAIT_AND_EXEC = 'read -r go <&3 && exec 3<&- && exec "$@"';

export interface LaunchOptions {
  readonly words: readonly string[];
  /** Where the program's output goes: our own stdout may have to stay one document. */
  readonly stdout: 'stdout' | 'stderr';
  readonly path: string | undefined;
}

export class LaunchedProgram {
  readonly words: readonly string[];
  readonly tgid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #end = new AbortController();

  /** @throws KeelError E_USAGE where there is no such program */
  constructor({ words, stdout, path }: LaunchOptions) {
    requireProgram(words[0] ?? '', path);
    this.words = words;
    this.#child = spawn('/bin/sh', ['-c', WAIT_AND_EXEC, 'sh', ...words], {
      stdio: ['inherit', stdout === 'stdout' ? 'inherit' : 2, 'inherit', 'pipe'],
    });
    this.#ended = new Promise((resolve) => {
      const done = () => {
        this.#end.abort();
        resolve();
      };
      this.#child.once('exit', done);
      this.#child.once('error', done);
    });
    const { pid } = this.#child;
    if (pid === undefined) throw noShell();
    this.tgid = pid;
  }

  /** Aborts when the program ends. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  start(): void {
    const gate = this.#child.stdio[3] as NodeJS.WritableStream;
    // It may have been killed while it waited.
    gate.on('error', () => {});
    gate.end('\n');
  }

  /** Asks it to end, as `perf stat --timeout` does, and waits until it has. */
  async stop(): Promise<ProgramEnd> {
    if (!this.ended.aborted) this.#child.kill('SIGTERM');
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    return { words: this.words, exitStatus: exitCode, signal: signalCode };
  }
}

/** @throws KeelError E_USAGE; better than the shell's own words, and before anything is attached */
function requireProgram(program: string, path: string | undefined): void {
  const places = program.includes('/')
    ? [program]
    : (path ?? '').split(delimiter).map((one) => join(one, program));
  if (program !== '' && places.some(isExecutable)) return;
  throw new KeelError('E_USAGE', {
    what: {
      en: `there is no program ${program || '""'} to launch`,
      ko: `실행할 프로그램 ${program || '""'}을(를) 찾을 수 없습니다`,
    },
    next: [
      {
        en: 'Behind -- stands the program with its arguments: keel faults record -- ./server --port 80',
        ko: '-- 뒤에는 프로그램과 인수를 씁니다: keel faults record -- ./server --port 80',
      },
    ],
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function noShell(): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: { en: 'there is no /bin/sh to launch a program with', ko: '프로그램을 실행할 /bin/sh가 없습니다' },
  });
}
