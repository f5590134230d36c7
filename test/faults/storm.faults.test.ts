/**
 * Thousands of calls inside of threads that compute and sleep under a storm of signals: each signal arrives, no sum comes
 * out wrong, and the process is there at the end. And a process that ends in the middle of it is no more than that.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { machine, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Injections } from '../../src/app/injections.ts';
import { openLiveHost } from '../../src/app/open-host.ts';
import { orNull } from '../../src/base/missing.ts';
import { processStat, threadStat } from '../../src/kernel/task/stat.ts';
import { KernelError } from '../../src/native/libc.ts';
import { inThread } from '../../src/native/ptrace.ts';

const CALLS = Number(process.env.KEEL_STORM_CALLS ?? 4000);
const GETPPID = 110;
const hasCompiler = spawnSync('cc', ['--version']).status === 0;
const host = openLiveHost();

let folder: string;
let child: ChildProcess;
let nextLine: () => Promise<string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-storm-'));
  if (!hasCompiler) return;
  const source = join(import.meta.dirname, '../../fixtures/programs/signal_storm.c');
  const built = spawnSync('cc', ['-O1', '-pthread', '-o', join(folder, 'storm'), source, '-lm']);
  if (built.status !== 0) throw new Error(String(built.stderr));
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  if (!hasCompiler) return;
  const program = spawn(join(folder, 'storm'), { stdio: ['pipe', 'pipe', 'inherit'] });
  child = program;
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  nextLine = async () => String((await lines.next()).value);
  await nextLine();
});
afterEach(() => {
  child?.kill('SIGKILL');
});

/** Into each thread in turn. @returns how many calls were made before the process ended */
async function callInside(calls: number, atHalf: () => void = () => {}): Promise<number> {
  const pid = child.pid as number;
  const tids = readdirSync(`/proc/${pid}/task`).map(Number);
  const injections = new Injections(host);
  const startTicks = orNull(host.read(processStat, { pid }))?.startTicks ?? 0n;
  const threads = tids.map((tid) => ({
    tid,
    startTicks: orNull(host.read(threadStat, { pid, tid }))?.startTicks ?? 0n,
  }));
  const sites = threads.map((thread) => injections.at({ tgid: pid, startTicks }, thread));
  for (let i = 0; i < calls; i += 1) {
    if (i === calls / 2) atHalf();
    const injection = sites[i % sites.length];
    if (injection === undefined) throw new Error('no threads');
    try {
      const answer = inThread(injection, (thread) => thread.call(GETPPID));
      expect(answer).toBe(BigInt(process.pid));
    } catch (error) {
      if (error instanceof KernelError && error.errnoName === 'ESRCH') return i;
      throw error;
    }
    // Lets the pipe of the process, and its end, be heard of.
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return calls;
}

describe.skipIf(!hasCompiler || machine() !== 'x86_64')(
  'calls inside of threads under a storm of signals (needs cc and x86-64)',
  () => {
    it(`lose no signal, no sum and no process in ${CALLS} calls`, async () => {
      expect(await callInside(CALLS)).toBe(CALLS);
      child.stdin?.end('end\n');
      const [sent, arrived, wrong] = (await nextLine()).split(' ').map(Number);
      expect([arrived, wrong]).toEqual([sent, 0]);
      expect(sent).toBeGreaterThan(100);
      const [code] = await once(child, 'close');
      expect(code).toBe(0);
    });

    it('end with the process, where it is killed among them', async () => {
      const made = await callInside(CALLS, () => process.kill(child.pid as number, 'SIGKILL'));
      expect(made).toBeLessThan(CALLS);
      expect(made).toBeGreaterThanOrEqual(CALLS / 2);
    });
  },
);
