/** The counts beside those of perf stat, of the same load at the same time: a process, a cgroup, its CPUs. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { orNull } from '../base/missing.ts';
import { cgroupMounts } from '../kernel/task/mountinfo.ts';
import { perfFolder } from '../model/cgroup.ts';
import { systemClock } from './clock.ts';
import { countFaults, type FaultCount } from './count-faults.ts';
import type { CountRow, CountSubject } from './count-scopes.ts';
import { findTargets } from './find-targets.ts';
import { openLiveHost } from './open-host.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/page_faults.py');
const EVENTS = 'page-faults,minor-faults,major-faults';
const hasPython = spawnSync('python3', ['-c', 'import mmap; mmap.MADV_NOHUGEPAGE']).status === 0;
const perfWorks = spawnSync('perf', ['stat', '-a', '-D', '-1', '-e', 'page-faults', 'true']).status === 0;

const started: ChildProcess[] = [];
const ending: (() => void)[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const end of ending.splice(0)) end();
});

/** A program that faults when it is told to, and waits before and after. */
async function startProgram() {
  const program = spawn('python3', [PROGRAM, 'touch', '32'], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(program);
  const lines = createInterface({ input: program.stdout });
  await once(lines, 'line');
  const fault = async () => {
    program.stdin.write('go\n');
    await once(lines, 'line');
  };
  return { tgid: program.pid as number, fault };
}

/** perf stat, counting: it says by itself when it has begun. */
async function startPerf(args: readonly string[]) {
  const perf = spawn('perf', ['stat', '-x,', '-e', EVENTS, '-D', '-1', '--control', 'fd:3,4', ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  started.push(perf);
  const [, , , control, answers] = perf.stdio as unknown as [null, null, null, Writable, Readable];
  let text = '';
  perf.stderr?.on('data', (data) => {
    text += data;
  });
  control.write('enable\n');
  await once(answers, 'data');
  return async (): Promise<readonly string[][]> => {
    perf.kill('SIGINT');
    await once(perf, 'close');
    return text
      .split('\n')
      .map((line) => line.split(','))
      .filter((cells) => cells.some((cell) => /-?faults/.test(cell)));
  };
}

/** What both count while the program faults. */
async function side(
  subject: CountSubject,
  by: CountRow | null,
  perfArgs: readonly string[],
  fault: () => Promise<void>,
) {
  const stop = new AbortController();
  const request = { subject, by, durationNs: 60e9, signal: stop.signal };
  const counting = countFaults(openLiveHost(), systemClock, request);
  const stopPerf = await startPerf(perfArgs);
  await fault();
  stop.abort();
  return { ours: await counting, perf: await stopPerf() };
}

function countOf(rows: readonly string[][], event: string, cpu?: string): number {
  const of = rows.filter((cells) => cells.includes(event) && (cpu === undefined || cells[0] === cpu));
  const counts = of.map((cells) => cells[cpu === undefined ? 0 : 1]);
  // On a CPU where none of the cgroup ever ran.
  return counts.reduce((sum, text) => sum + (text === '<not counted>' ? 0 : Number(text)), 0);
}

function expectSame(ours: FaultCount['total'] | undefined, rows: readonly string[][], cpu?: string): void {
  expect(ours?.faults).toBe(countOf(rows, 'page-faults', cpu));
  expect(ours?.minor).toBe(countOf(rows, 'minor-faults', cpu));
  expect(ours?.major).toBe(countOf(rows, 'major-faults', cpu));
}

/** A cgroup with nothing in it but the program; null where this machine lets nobody make one. */
function makeCgroup(tgid: number): string | null {
  const mounts = orNull(openLiveHost().read(cgroupMounts, { pid: 'self' })) ?? [];
  const name = `keel-test-${process.pid}`;
  const folder = perfFolder(name, mounts);
  if (folder === null) return null;
  try {
    mkdirSync(folder);
    ending.push(() => rmdirSync(folder));
    writeFileSync(join(folder, 'cgroup.procs'), `${tgid}`);
    return name;
  } catch {
    return null;
  }
}

describe.skipIf(!hasPython || !perfWorks)(
  'beside perf stat (skipped without perf, python3, or the right)',
  () => {
    it('a process has the same counts', async () => {
      const { tgid, fault } = await startProgram();
      const targets = findTargets(openLiveHost(), `${tgid}`, { all: false, command: 'test' });
      const { ours, perf } = await side({ kind: 'processes', targets }, null, ['-p', `${tgid}`], fault);
      expect(ours.total.faults).toBeGreaterThanOrEqual(32 * 256);
      expectSame(ours.total, perf);
    });

    it.for([null, 'cpu'] as const)('a cgroup has the same counts, by %s', async (by, { skip }) => {
      const { tgid, fault } = await startProgram();
      const cgroup = makeCgroup(tgid);
      if (cgroup === null) return skip('this user can make no cgroup that carries perf events');
      const perCpu = by === 'cpu' ? ['-A'] : [];
      const args = ['-a', ...perCpu, '--for-each-cgroup', cgroup];
      const { ours, perf } = await side({ kind: 'cgroups', paths: [cgroup] }, by, args, fault);
      expect(ours.total.faults).toBeGreaterThanOrEqual(32 * 256);
      if (by === null) expectSame(ours.rows.get(cgroup), perf);
      else for (const [cpu, counts] of ours.rows) expectSame(counts, perf, `CPU${cpu}`);
    });
  },
);
