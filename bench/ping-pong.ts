/** Two threads that pass a byte to and fro on one CPU: fixtures/programs/ping_pong.c, and what the kernel counts of them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '../fixtures/programs/ping_pong.c');

export interface PassedSoFar {
  readonly switches: number;
  readonly cpuNs: number;
  readonly wallNs: number;
}

export class PingPong {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.pid = child.pid as number;
  }

  static async start(cpu: number, switchesPerSec: number): Promise<PingPong> {
    const folder = mkdtempSync(join(tmpdir(), 'keel-ping-pong-'));
    const program = join(folder, 'ping_pong');
    execFileSync('cc', ['-O2', '-pthread', '-o', program, SOURCE]);
    const child = spawn(program, [`${cpu}`, `${switchesPerSec}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return new PingPong(child, folder);
  }

  /** Of both threads. */
  soFar(): PassedSoFar {
    const tasks = `/proc/${this.pid}/task`;
    let [switches, cpuNs] = [0, 0];
    for (const tid of readdirSync(tasks)) {
      cpuNs += Number(readFileSync(join(tasks, tid, 'schedstat'), 'latin1').split(' ')[0]);
      const counts = readFileSync(join(tasks, tid, 'status'), 'latin1').matchAll(/ctxt_switches:\s*(\d+)/g);
      for (const [, count] of counts) switches += Number(count);
    }
    return { switches, cpuNs, wallNs: Number(process.hrtime.bigint()) };
  }

  end(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
