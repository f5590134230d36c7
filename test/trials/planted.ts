/** Processes with a known truth to try placements on, and keel as a person runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpuSet } from '../../src/base/cpu-set.ts';
import { getAffinity, setAffinity } from '../../src/native/affinity.ts';
import { getScheduling } from '../../src/native/scheduler.ts';

export const PROGRAM = join(import.meta.dirname, '../../dist/keel.js');

/** 64 ticks a second with 2 ms of work each; late ticks are not made up for. */
const TICK = `
const wait = new Int32Array(new SharedArrayBuffer(4));
const period = 1000 / 64;
let next = performance.now() + period;
console.log();
for (;;) {
  const left = next - performance.now();
  if (left > 0) Atomics.wait(wait, 0, 0, left);
  const until = process.cpuUsage().user + 2000;
  while (process.cpuUsage().user < until);
  next = Math.max(next + period, performance.now());
}`;
const HOG = 'console.log(); for (;;);';
/** Works for 3 s, sleeps for 2 s. */
const VISITOR = `
console.log();
const wait = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  const until = performance.now() + 3000;
  while (performance.now() < until);
  Atomics.wait(wait, 0, 0, 2000);
}`;
/** Two threads that never sleep; the main thread does. */
const PAIR = `
const { Worker } = require('node:worker_threads');
for (let i = 0; i < 2; i += 1) new Worker('for (;;);', { eval: true });
setTimeout(() => console.log(), 300);
setInterval(() => {}, 1e6);`;
const SLEEPER = 'console.log(); setInterval(() => {}, 1e6)';

export type Planted = 'tick' | 'hog' | 'visitor' | 'pair' | 'sleeper';
const SCRIPTS: Readonly<Record<Planted, string>> = {
  tick: TICK,
  hog: HOG,
  visitor: VISITOR,
  pair: PAIR,
  sleeper: SLEEPER,
};

/** Ends what it started. */
export class Plot {
  readonly folder = mkdtempSync(join(tmpdir(), 'keel-trial-'));
  readonly #children: ChildProcess[] = [];

  /** @param cpus where all of its threads may run; anywhere without it @returns its id */
  async start(what: Planted, cpus?: number): Promise<number> {
    const child = spawn(process.execPath, ['-e', SCRIPTS[what]], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    const pid = child.pid as number;
    if (cpus !== undefined) for (const tid of threadsOf(pid)) setAffinity(tid, CpuSet.of(cpus));
    return pid;
  }

  /** keel with a journal of its own. */
  keel(line: readonly string[], options: { readonly uid?: number } = {}): Running {
    if (!existsSync(PROGRAM)) throw new Error('build first: npm run build');
    const child = spawn(process.execPath, [PROGRAM, ...line], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, XDG_STATE_HOME: this.folder, LC_ALL: 'C.UTF-8' },
      ...options,
    });
    return new Running(child);
  }

  journal(): readonly string[] {
    const folder = join(this.folder, 'evenkeel');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(child: ChildProcess) {
    this.child = child;
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
      const texts: string[] = [];
      stream?.setEncoding('utf8').on('data', (text: string) => texts.push(text));
      return texts;
    }) as [string[], string[]];
    this.ended = once(child, 'close').then(([status]) => ({
      status: status as number | null,
      stdout: stdout.join(''),
      stderr: stderr.join(''),
    }));
  }
}

export function threadsOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).map(Number);
}

/** Everything that a trial may change of a thread, of all threads that are there. */
export function stateOf(pid: number): Readonly<Record<number, string>> {
  return Object.fromEntries(
    threadsOf(pid).map((tid) => {
      const { policy, nice, runtimeNs } = getScheduling(tid);
      return [tid, `${getAffinity(tid)} policy ${policy} nice ${nice} slice ${runtimeNs}`];
    }),
  );
}
