/**
 * A lab machine under test. A test file declares steps and tests in the order of reading; the machine is booted once,
 * runs all steps, and the tests look at what they gave:
 *
 *     describeMachine('2s2c2t', (machine) => {
 *       const version = machine.keel('--version');
 *       it('says its version', () => expect(version.stdout).toMatch(/^keel /));
 *     });
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, inject } from 'vitest';
import type { KeelErrorDocument } from './documents.ts';

const LAB = join(import.meta.dirname, '..', '..', 'lab', 'lab.sh');

/** For a machine, from the call of lab.sh to the last result, on a busy computer. */
const TIMEOUT_SECONDS = 420;

type Step =
  | { readonly kind: 'run'; readonly command: readonly string[] }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'start'; readonly command: readonly string[] }
  | { readonly kind: 'stop'; readonly step: number };

export interface Outcome {
  /** The exit status; null where a signal or the time limit ended the program. */
  readonly status: number | null;
  readonly signal?: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a step gave. It has its values once the machine has run, so inside of tests only. */
export class Result {
  readonly #number: number;
  readonly #outcome: () => Outcome;

  constructor(number: number, outcome: () => Outcome) {
    this.#number = number;
    this.#outcome = outcome;
  }

  /** What its document has there, as a word of a later step. */
  field(name: string): string {
    return `{field:${this.#number}:${name}}`;
  }

  /** All of it, for comparisons that show it where they fail. */
  get outcome(): Outcome {
    return this.#outcome();
  }

  get status(): number | null {
    return this.outcome.status;
  }

  get stdout(): string {
    return this.outcome.stdout;
  }

  get stderr(): string {
    return this.outcome.stderr;
  }

  /** The error document on stderr. */
  error(): KeelErrorDocument {
    return JSON.parse(this.stderr);
  }

  /** The one JSON document on stdout; a failed program's message is in the error. */
  json<T>(): T {
    try {
      return JSON.parse(this.stdout) as T;
    } catch {
      throw new Error(`no JSON document; status ${this.status}: ${this.stdout.slice(0, 500)}${this.stderr}`);
    }
  }
}

/** A program that runs on beside the steps that follow. */
export class Started {
  readonly number: number;
  readonly result: Result;

  constructor(number: number, result: Result) {
    this.number = number;
    this.result = result;
  }

  /** Its PID, as a word of a later step. */
  get pid(): string {
    return `{pid:${this.number}}`;
  }

  /** The TID of its thread of this name, as a word of a later step. */
  tid(name: string): string {
    return `{tid:${this.number}:${name}}`;
  }

  /** The TIDs by name, known once the machine has run. */
  get tids(): Readonly<Record<string, number>> {
    return this.result.json();
  }
}

export class Machine {
  readonly #topology: string;
  readonly #options: readonly string[];
  readonly #steps: Step[] = [];
  #outcomes: readonly Outcome[] = [];

  /** @param options of lab.sh, such as `--cgroup v1` */
  constructor(topology: string, options: readonly string[] = []) {
    this.#topology = topology;
    this.#options = options;
  }

  run(...command: string[]): Result {
    return this.#add({ kind: 'run', command });
  }

  keel(...args: string[]): Result {
    return this.run('node', 'dist/keel.js', ...args);
  }

  /** The text of a file at this point of the steps. */
  read(path: string): Result {
    return this.#add({ kind: 'read', path });
  }

  /** Node.js with named threads and some MiB of written memory, ready when the next step begins. */
  startWorkload(parts: { readonly threads?: readonly string[]; readonly memoryMib?: number } = {}): Started {
    const options = ['--threads', (parts.threads ?? []).join(','), '--memory-mib', `${parts.memoryMib ?? 0}`];
    return this.start('node', 'test/lab/guest/workload.mjs', ...options);
  }

  /** A program whose first line is the JSON object of its threads by name. */
  start(...command: string[]): Started {
    const result = this.#add({ kind: 'start', command });
    return new Started(this.#steps.length - 1, result);
  }

  stop(started: Started): void {
    this.#add({ kind: 'stop', step: started.number });
  }

  /** @throws where the machine did not run all steps, with what it said */
  async boot(project: string): Promise<void> {
    const script = ['node', 'test/lab/guest/run-steps.mjs', JSON.stringify(this.#steps)];
    const options = ['--topology', this.#topology, '--mount', project, '--timeout', `${TIMEOUT_SECONDS}`];
    const { stdout, stderr } = await runLab([...options, ...this.#options, '--', ...script]);
    this.#outcomes = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Outcome);
    const next = this.#steps[this.#outcomes.length];
    if (next !== undefined) throw new Error(`the machine stopped at ${JSON.stringify(next)}:\n${stderr}`);
  }

  #add(step: Step): Result {
    const number = this.#steps.push(step) - 1;
    return new Result(number, () => {
      const outcome = this.#outcomes[number];
      if (outcome === undefined) throw new Error('the machine has not run yet: look at results inside tests');
      return outcome;
    });
  }
}

/** Of a failed lab too: what was printed until then says more than the status. */
function runLab(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(LAB, args, { maxBuffer: 256 << 20, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ stdout, stderr: error ? `${error.message}\n${stderr}` : stderr });
    });
  });
}

/** Declares the steps and tests of one machine; skips them, with the reason, where the lab cannot run. */
export function describeMachine(
  topology: string,
  declare: (machine: Machine) => void,
  options: readonly string[] = [],
): void {
  const { missing, project } = inject('lab');
  const called = [topology, ...options].join(' ');
  const name = missing === null ? called : `${called} (skipped: ${missing})`;
  describe.skipIf(missing !== null)(name, () => {
    const machine = new Machine(topology, options);
    beforeAll(() => machine.boot(project));
    declare(machine);
  });
}
