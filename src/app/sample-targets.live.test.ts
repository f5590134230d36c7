/** Our counts against those of pidstat and perf over the same work: the worker stands still before and after it. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing, type Maybe } from '../base/missing.ts';
import type { ProcessReading } from '../model/snapshot.ts';
import { processInterval } from '../model/task-interval.ts';
import { openLiveHost } from './open-host.ts';
import { readProcess } from './take-snapshot.ts';

const run = promisify(execFile);
const has = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0;
const PERF_EVENTS = 'cpu-migrations,context-switches,minor-faults';
const perf = has('perf', 'stat', '-e', PERF_EVENTS, 'true');
const pidstat = has('pidstat', '-V');

/** On "go": sleeps briefly 300 times and touches 8 MiB of new memory, then says so and stands still. */
const WORK = `
  process.stdin.on('data', () => {
    for (let i = 0; i < 300; i += 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    const fresh = Buffer.allocUnsafeSlow(8 << 20);
    for (let at = 0; at < fresh.length; at += 4096) fresh[at] = 1;
    globalThis.kept = [...(globalThis.kept ?? []), fresh];
    process.stdout.write('done');
  });
  process.stdout.write('ready');`;

const host = openLiveHost();
let worker: ChildProcess;

beforeAll(async () => {
  worker = spawn(process.execPath, ['-e', WORK], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(worker.stdout as NodeJS.ReadableStream, 'data');
  await work();
});
afterAll(() => worker.kill('SIGKILL'));

async function work(): Promise<void> {
  worker.stdin?.write('go');
  await once(worker.stdout as NodeJS.ReadableStream, 'data');
}

function read(): ProcessReading {
  const reading = readProcess(host, worker.pid as number);
  if (isMissing(reading)) throw new Error(`the worker is gone: ${reading.path}`);
  return reading;
}

function number(value: Maybe<number>): number {
  if (isMissing(value)) throw new Error(`${value.path} is ${value.missing}`);
  return value;
}

/** How many of `count` events the two may differ by: the worker's housekeeping before and after the work. */
const SLACK = 8;

describe.skipIf(!perf)('against perf stat -p (skipped where perf cannot count here)', () => {
  it('counts the same migrations, switches and minor faults', async () => {
    const counting = spawn('perf', ['stat', '-x', ';', '-e', PERF_EVENTS, '-p', String(worker.pid)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    counting.stderr.on('data', (chunk) => {
      text += chunk;
    });
    await counts(counting);
    const before = read();
    await work();
    const ours = processInterval(before, read());
    counting.kill('SIGINT');
    await once(counting, 'close');
    const theirs = (event: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.includes(event))
          ?.split(';')[0],
      );
    const switches = number(ours.voluntarySwitches) + number(ours.involuntarySwitches);
    expect(switches).toBeGreaterThan(300);
    expect(Math.abs(switches - theirs('context-switches'))).toBeLessThanOrEqual(SLACK);
    expect(Math.abs(number(ours.migrations) - theirs('cpu-migrations'))).toBeLessThanOrEqual(SLACK);
    expect(number(ours.minorFaults)).toBeGreaterThan(2000);
    expect(Math.abs(number(ours.minorFaults) - theirs('minor-faults'))).toBeLessThanOrEqual(SLACK);
  });
});

/** perf has opened its events once it holds one file of the kind for each thread. */
async function counts(perfProcess: ChildProcess): Promise<void> {
  for (;;) {
    const { stdout } = await run('ls', ['-l', `/proc/${perfProcess.pid}/fd`]);
    if ((stdout.match(/perf_event/g) ?? []).length >= 3 * read().threads.length) return;
  }
}

describe.skipIf(!pidstat)('against pidstat -r -w (skipped where it is not installed)', () => {
  it('counts the same faults and switches, and reads the same memory', async () => {
    const seconds = 2;
    const args = ['-r', '-w', '-H', '-p', String(worker.pid), String(seconds), '1'];
    const reported = run('pidstat', args, { env: { ...process.env, LC_ALL: 'C' } });
    const begun = await firstReadBy(reported.child);
    const before = read();
    await work();
    const after = read();
    expect(begun).toBe(true);
    const { stdout } = await reported;
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    const theirs = (name: string) => {
      const header = rows.find((row) => row.includes(name)) ?? [];
      const values = rows[rows.indexOf(header) + 1] ?? [];
      return Number(values[header.indexOf(name)]);
    };
    const ours = processInterval(before, after);
    // Rates are printed over a measured interval of about two seconds.
    expect(theirs('minflt/s') * seconds).toBeGreaterThan(number(ours.minorFaults) * 0.97 - SLACK);
    expect(theirs('minflt/s') * seconds).toBeLessThan(number(ours.minorFaults) * 1.03 + SLACK);
    expect(theirs('RSS') * 1024).toBe(Number(after.stat.rssBytes));
    const [main] = ours.threads;
    // Without -t, pidstat shows the switches of the main thread alone.
    expect(main?.tid).toBe(worker.pid);
    expect(theirs('cswch/s') * seconds).toBeGreaterThan(number(main?.voluntarySwitches ?? 0) * 0.97 - SLACK);
    expect(theirs('cswch/s') * seconds).toBeLessThan(number(main?.voluntarySwitches ?? 0) * 1.03 + SLACK);
  });
});

/** pidstat has taken its first reading once it sleeps in pause(2) for its alarm. */
async function firstReadBy(child: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < 500; tries += 1) {
    const reading = readProcess(host, child.pid as number);
    if (!isMissing(reading) && reading.stat.state === 'S' && reading.stat.minorFaults > 100n) return true;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return false;
}
