import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { systemClock } from './clock.ts';
import { countFaults, type FaultCount } from './count-faults.ts';
import { openLiveHost } from './open-host.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/page_faults.py');
const hasPython = spawnSync('python3', ['-c', 'import mmap; mmap.MADV_NOHUGEPAGE']).status === 0;

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

/** The counts of a program that faults while it is counted, and how many minor faults it counted itself. */
async function countProgram(
  args: readonly string[],
  perCpu: boolean,
): Promise<{ count: FaultCount; own: number }> {
  const program = spawn('python3', [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = program;
  const lines = createInterface({ input: program.stdout });
  await once(lines, 'line');
  const stop = new AbortController();
  const request = {
    tgids: [program.pid as number],
    cgroups: [],
    perCpu,
    durationNs: 60e9,
    signal: stop.signal,
  };
  const done = countFaults(openLiveHost(), systemClock, request);
  program.stdin.write('go\n');
  const [line] = (await once(lines, 'line')) as [string];
  stop.abort();
  return { count: await done, own: Number(line.split(' ')[0]) };
}

describe.skipIf(!hasPython)('countFaults (skipped without python3)', () => {
  it.each([false, true])('counts what the program counts itself, by CPU: %s', async (perCpu) => {
    const { count, own } = await countProgram(['touch', '32'], perCpu);
    expect(own).toBeGreaterThanOrEqual(32 * 256);
    const { total } = count;
    expect(total.minor).toBeGreaterThanOrEqual(own);
    // Printing the result, and waking up to print it, are a few faults more.
    expect(total.minor).toBeLessThan(own + 200);
    expect(total.faults).toBe((total.minor ?? 0) + (total.major ?? 0));
    if (!count.userOnly) expect(total.faults).toBe((total.user ?? 0) + (total.kernel ?? 0));
    expect(count.rows.size > 0).toBe(perCpu);
  });

  it('tells apart the pages that a call brought in', async () => {
    const { count, own } = await countProgram(['populate', '32'], false);
    expect(own).toBeGreaterThanOrEqual(32 * 256);
    expect(count.total.faults).toBeLessThan(2000);
    expect(count.accounted).toBeGreaterThanOrEqual(own);
  });

  it('says where it looked for a cgroup', async () => {
    const request = {
      tgids: null,
      cgroups: ['no/such'],
      perCpu: false,
      durationNs: 1e7,
      signal: new AbortController().signal,
    };
    const failed = countFaults(openLiveHost(), systemClock, request);
    await expect(failed).rejects.toThrow(KeelError);
    await expect(failed).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
