/** A program that touches fresh memory when it is told to, and sits still otherwise: fixtures/programs/first_touches.py. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, '../fixtures/programs/first_touches.py');

/** Of the touching alone. */
export interface Touched {
  readonly faults: number;
  readonly cpuNs: number;
  readonly wallNs: number;
}

export class Toucher {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
    this.pid = child.pid as number;
  }

  static async start(): Promise<Toucher> {
    const child = spawn('python3', [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    const toucher = new Toucher(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    await toucher.#line();
    // The first one brings in code that the others find there.
    await toucher.touch(1, 0);
    return toucher;
  }

  /** @param perSec 0: as fast as it goes */
  async touch(mebibytes: number, perSec: number): Promise<Touched> {
    this.#child.stdin?.write(`${mebibytes} ${perSec}\n`);
    const [faults = Number.NaN, cpuNs = Number.NaN, wallNs = Number.NaN] = (await this.#line())
      .split(' ')
      .map(Number);
    return { faults, cpuNs, wallNs };
  }

  /** All faults of its life, as the kernel's memory management counts them; exact while it sits still. */
  faultsSoFar(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[7]) + Number(fields[9]);
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${PROGRAM} ended early`);
    return value;
  }
}
