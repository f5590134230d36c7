/** Runs a program and learns from the kernel what CPU time it took: its own, in user and kernel mode, and its children's. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const RUNNER = join(import.meta.dirname, 'peers/cpu-of.py');

export interface MeasuredRun {
  readonly cpuUs: number;
  /** Exit status, or minus the signal that ended it. */
  readonly status: number;
  /** The most memory it had at a time. */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MeasuredProgram {
  readonly pid: number;
  readonly ended: Promise<MeasuredRun>;
}

export type Argv = readonly [program: string, ...args: string[]];

/** @throws Error where the program cannot be started */
export async function startMeasured(argv: Argv): Promise<MeasuredProgram> {
  const runner = spawn('python3', [RUNNER, ...argv], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const reports = createInterface({ input: runner.stdio[3] as Readable })[Symbol.asyncIterator]();
  const [out, err] = [runner.stdout as Readable, runner.stderr as Readable];
  const output = Promise.all([text(out), text(err), once(runner, 'close')]);
  const pid = Number((await reports.next()).value);
  if (!(pid > 0)) throw new Error(`${argv[0]} did not start: ${(await output)[1]}`);
  const ended = async (): Promise<MeasuredRun> => {
    const [cpuUs = Number.NaN, status = Number.NaN, peakKib = Number.NaN] = String(
      (await reports.next()).value,
    )
      .split(' ')
      .map(Number);
    const [stdout, stderr] = await output;
    return { cpuUs, status, peakBytes: peakKib * 1024, stdout, stderr };
  };
  return { pid, ended: ended() };
}

export async function runMeasured(argv: Argv): Promise<MeasuredRun> {
  return (await startMeasured(argv)).ended;
}

/** Whether it can be run here: `--version` of all that are asked for is harmless. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Why measured programs cannot be run here; null where they can. */
export function noRunner(): string | null {
  return isInstalled('python3') ? null : 'it needs python3';
}

const POLL_MS = 25;
/** It watches when for so many looks nothing was added and it was found asleep each time. */
const STEADY_LOOKS = 6;
const MOST_LOOKS = 400;

/**
 * Waits until a process has opened perf events and has nothing else to do but wait for them: perf enables them only
 * after it has read about what it watches.
 * @throws Error where that does not come
 */
export async function waitForPerfEvents(pid: number): Promise<void> {
  let [events, steadyLooks] = [0, 0];
  for (let look = 0; look < MOST_LOOKS && steadyLooks < STEADY_LOOKS; look += 1) {
    await sleep(POLL_MS);
    const now = perfEventsOf(pid);
    steadyLooks = now > 0 && now === events && isAsleep(pid) ? steadyLooks + 1 : 0;
    events = now;
  }
  if (steadyLooks < STEADY_LOOKS) throw new Error(`process ${pid} watches no perf events`);
}

/** Neither running, nor kept from it by others, nor waiting for a disk. */
function isAsleep(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat[stat.lastIndexOf(')') + 2] === 'S';
}

function perfEventsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).filter((fd) => isPerfEvent(join(folder, fd))).length;
  } catch {
    return 0;
  }
}

/** A descriptor may be closed between listing and looking. */
function isPerfEvent(link: string): boolean {
  try {
    return readlinkSync(link) === 'anon_inode:[perf_event]';
  } catch {
    return false;
  }
}
