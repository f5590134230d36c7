import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import { processStat } from '../kernel/task/stat.ts';
import { systemClock } from './clock.ts';
import { countFaults, type FaultCount } from './count-faults.ts';
import { COUNT_ROWS, type CountRow } from './count-scopes.ts';
import { addCounts } from './counting-events.ts';
import { findTargets } from './find-targets.ts';
import { LaunchedProgram } from './launch-program.ts';
import { openLiveHost } from './open-host.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/page_faults.py');
const hasPython = spawnSync('python3', ['-c', 'import mmap; mmap.MADV_NOHUGEPAGE']).status === 0;

let child: ChildProcess | null = null;
// Until it is waited for: its faults come to the account of what was waited for then.
afterEach(async () => {
  if (child === null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
  child = null;
});

function targetsOf({ pid }: ChildProcess) {
  return findTargets(openLiveHost(), String(pid), { all: false, command: 'test' });
}

/** The counts of a program that faults while it is counted, and how many minor faults it counted itself. */
async function countProgram(
  args: readonly string[],
  by: CountRow | null,
): Promise<{ count: FaultCount; own: number }> {
  const program = spawn('python3', [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = program;
  const lines = createInterface({ input: program.stdout });
  await once(lines, 'line');
  const stop = new AbortController();
  const subject = { kind: 'processes', targets: targetsOf(program) } as const;
  const request = { subject, by, durationNs: 60e9, signal: stop.signal };
  const done = countFaults(openLiveHost(), systemClock, request);
  program.stdin.write('go\n');
  const [line] = (await once(lines, 'line')) as [string];
  stop.abort();
  return { count: await done, own: Number(line.split(' ')[0]) };
}

describe.skipIf(!hasPython)('countFaults (skipped without python3)', () => {
  it.each([null, ...COUNT_ROWS])('counts what the program counts itself, by %s', async (by) => {
    const { count, own } = await countProgram(['touch', '32'], by);
    expect(own).toBeGreaterThanOrEqual(32 * 256);
    const { total } = count;
    expect(total.minor).toBeGreaterThanOrEqual(own);
    // Printing the result, and waking up to print it, are a few faults more.
    expect(total.minor).toBeLessThan(own + 200);
    expect(total.faults).toBe((total.minor ?? 0) + (total.major ?? 0));
    if (!count.userOnly) expect(total.faults).toBe((total.user ?? 0) + (total.kernel ?? 0));
    expect(count.rows.size > 0).toBe(by !== null);
    if (by !== null) expect(addCounts(count.rows.values())).toEqual(total);
  });

  it('tells apart the pages that a call brought in', async () => {
    const { count, own } = await countProgram(['populate', '32'], null);
    expect(own).toBeGreaterThanOrEqual(32 * 256);
    expect(count.total.faults).toBeLessThan(2000);
    expect(count.accounted).toBeGreaterThanOrEqual(own);
    if (count.userOnly) expect(count.populated).toMatchObject({ missing: 'denied' });
    else if (isMissing(count.populated)) expect(count.populated).toMatchObject({ path: 'inherit_thread' });
    else expect(count.populated + (count.total.faults ?? 0)).toBe(count.accounted);
  });

  it('counts a program from its start to its end, and what its calls brought in', async () => {
    const words = ['python3', PROGRAM, 'populate', '8'];
    const path = process.env.PATH;
    const { signal } = new AbortController();
    const program = new LaunchedProgram({
      words: ['sh', '-c', 'yes | "$@"', 'sh', ...words],
      stdout: 'stderr',
      path,
    });
    const request = { subject: { kind: 'program', program }, by: null, durationNs: 60e9, signal } as const;
    const count = await countFaults(openLiveHost(), systemClock, request);
    expect(count.program).toMatchObject({ exitStatus: 0 });
    expect(count.total.faults).toBeGreaterThan(0);
    if (count.userOnly) expect(count.populated).toMatchObject({ missing: 'denied' });
    else {
      expect(count.populated).toBeGreaterThanOrEqual(8 * 256);
      // The interpreter's own start brings in some hundred pages inside calls at most.
      expect(count.populated).toBeLessThan(8 * 256 + 500);
    }
  });

  it('tells the faults of children apart, which the account of the target does not have', async ({
    skip,
  }) => {
    const shell = spawn('sh', ['-c', 'read go; /bin/true; /bin/true; read go'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child = shell;
    const host = openLiveHost();
    const pid = shell.pid as number;
    const stop = new AbortController();
    const request = {
      subject: { kind: 'processes', targets: targetsOf(shell) },
      by: null,
      durationNs: 60e9,
      signal: stop.signal,
    } as const;
    const counting = countFaults(host, systemClock, request);
    shell.stdin.write('go\n');
    const waited = () => {
      const stat = host.read(processStat, { pid });
      return isMissing(stat) ? 0 : Number(stat.childMinorFaults);
    };
    let [before, now] = [-1, waited()];
    while (now === 0 || now !== before) {
      await systemClock.sleep(50e6);
      [before, now] = [now, waited()];
    }
    stop.abort();
    const count = await counting;
    if (isMissing(count.ofChildren)) return skip(`not on this kernel: ${count.ofChildren.detail}`);
    // What is inherited begins at the fork; the account of a child does so too.
    expect(count.ofChildren).toBeGreaterThan(50);
    expect(count.ofChildren).toBeLessThanOrEqual(now);
    expect(count.accounted).toBeLessThan(now);
  });

  it('ends with the last of its targets, and says that they ended', async () => {
    const shell = spawn('sh', ['-c', 'read go; exit 0'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const targets = targetsOf(shell);
    const { signal } = new AbortController();
    const request = { subject: { kind: 'processes', targets }, by: null, durationNs: 600e9, signal } as const;
    const counting = countFaults(openLiveHost(), systemClock, request);
    shell.stdin.write('go\n');
    const count = await counting;
    expect(count.ended).toEqual(targets);
    expect(count.elapsedNs).toBeLessThan(600e9);
    expect(count.total.faults).not.toBeNull();
    expect(count.accounted).toMatchObject({ missing: 'gone' });
  });

  it('says where it looked for a cgroup', async () => {
    const subject = { kind: 'cgroups', paths: ['no/such'] } as const;
    const { signal } = new AbortController();
    const request = { subject, by: null, durationNs: 1e7, signal };
    const failed = countFaults(openLiveHost(), systemClock, request);
    await expect(failed).rejects.toThrow(KeelError);
    await expect(failed).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
