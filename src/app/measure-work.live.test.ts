/** Programs of a known kind, and what they are taken for. Prints the confusion table. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { isMissing } from '../base/missing.ts';
import type { WorkloadClass } from '../model/workload.ts';
import { systemClock } from './clock.ts';
import { type MeasuredWork, measureWork } from './measure-work.ts';
import { openHost } from './open-host.ts';
import { readSituation } from './read-situation.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/workloads.py');
const folder = mkdtempSync(join(tmpdir(), 'keel-work-'));
const started: ChildProcess[] = [];
/** What was expected and what was found, of each program that was measured. */
const table: { readonly kind: string; readonly expected: string; readonly found: string }[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  console.log(confusion().join('\n'));
});

/** A line for each program, a column for each class that was found, a star where it is the expected one. */
function confusion(): readonly string[] {
  const columns = [...new Set(table.map(({ found }) => found))].sort();
  const rows = [...new Set(table.map(({ kind }) => kind))].map((kind) => {
    const runs = table.filter((one) => one.kind === kind);
    const cells = columns.map((column) => {
      const here = runs.filter(({ found }) => found === column);
      const mark = here.some(({ expected }) => expected.split('|').includes(column)) ? '*' : '';
      return `${here.length || '.'}${mark}`.padStart(column.length);
    });
    return [kind.padEnd(16), ...cells].join(' ');
  });
  return [['program'.padEnd(16), ...columns].join(' '), ...rows];
}

async function start(kind: string, ...more: string[]): Promise<number> {
  const child = spawn('python3', [PROGRAM, kind, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child.pid as number;
}

async function measure(pid: number, durationNs = 5e9) {
  const opened = openHost();
  const stat = execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' });
  const startTicks = BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
  const target = { tgid: pid, comm: 'python3', startTicks, tid: null };
  const signal = new AbortController().signal;
  return measureWork(opened, systemClock, { target, durationNs, everyNs: 100e6, signal });
}

async function classOf(kind: string, pid: number, expected: readonly (WorkloadClass | 'unknown')[]) {
  const measured = await measure(pid);
  table.push({ kind, expected: expected.join('|'), found: measured.classification.class });
  process.kill(pid, 'SIGKILL');
  return measured;
}

/** A cgroup with a fifth of a CPU; null where none can be made. */
function quotaGroup(): string | null {
  for (const [group, write] of [
    ['/sys/fs/cgroup/cpu/keel-work', (path: string) => writeFileSync(`${path}/cpu.cfs_quota_us`, '20000')],
    ['/sys/fs/cgroup/keel-work', (path: string) => writeFileSync(`${path}/cpu.max`, '20000 100000')],
  ] as const) {
    try {
      mkdirSync(group);
      write(group);
      return group;
    } catch {
      try {
        rmdirSync(group);
      } catch {}
    }
  }
  return null;
}

/** Others that take a quarter of the machine make a tick late and leave threads no CPUs to want: no known kind then. */
const MOST_OTHERS_PCT = 25;

function othersPct(measured: MeasuredWork): number {
  const { load } = readSituation(measured);
  if (isMissing(load)) return 0;
  return [...load.values()].reduce((sum, cpu) => sum + cpu.othersPct + cpu.stealPct, 0) / load.size;
}

function skipWhereBusy(measured: MeasuredWork, context: TestContext): void {
  const others = othersPct(measured);
  if (others > MOST_OTHERS_PCT) context.skip(`others took ${others.toFixed(0)} % of this machine meanwhile`);
}

describe.sequential('work of a known kind', () => {
  const expected: readonly (readonly [string, readonly (WorkloadClass | 'unknown')[]])[] = [
    ['steady', ['cpu_intensive_steady']],
    ['bursty', ['cpu_intensive_bursty']],
    ['periodic', ['latency_periodic']],
    // The same work at random moments is no tick; and not CPU-bound either.
    ['aperiodic', ['balanced', 'migration_heavy']],
    ['oversubscribed', ['oversubscribed']],
    ['migrating', ['migration_heavy']],
    ['idle', ['unknown']],
  ];

  it.for(expected)('%s', { timeout: 30_000 }, async ([kind, classes], context) => {
    const measured = await classOf(kind, await start(kind), classes);
    skipWhereBusy(measured, context);
    expect(classes).toContain(measured.classification.class);
  });

  it('periodic: the rate within 1 %, of the right thread', { timeout: 30_000 }, async (context) => {
    const pid = await start('periodic');
    const measured = await measure(pid);
    skipWhereBusy(measured, context);
    process.kill(pid, 'SIGKILL');
    const { classification } = measured;
    const [tick] = classification.threads.filter(({ role }) => role === 'tick');
    expect(tick?.work.tid).toBe(pid);
    expect(Math.abs((tick?.work.wakeUps?.perSec ?? 0) / 64 - 1)).toBeLessThan(0.01);
  });

  it('storage', { timeout: 60_000 }, async (context) => {
    const file = join(folder, 'file');
    execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1M', 'count=64'], { stdio: 'ignore' });
    let pid: number;
    try {
      pid = await start('storage', file);
      process.kill(pid, 0);
    } catch {
      return context.skip('this file system takes no direct reads');
    }
    const { classification, work } = await classOf('storage', pid, ['io_bound']);
    if ('missing' in work.storage || work.storage.readBytesPerSec < 1e6)
      return context.skip('reads reach no storage here');
    expect(classification.class).toBe('io_bound');
  });

  it('faulting', { timeout: 30_000 }, async (context) => {
    const measured = await classOf('faulting', await start('faulting'), ['memory_stalled']);
    if (typeof measured.work.faultStallPct !== 'number')
      return context.skip('page faults may not be measured here');
    skipWhereBusy(measured, context);
    expect(measured.classification.class).toBe('memory_stalled');
  });

  it('caching', { timeout: 30_000 }, async (context) => {
    const classes = ['cache_sensitive', 'cpu_intensive_steady'] as const;
    const measured = await classOf('caching', await start('caching'), classes);
    skipWhereBusy(measured, context);
    // Without counters nothing is said of caches, however busy it is.
    const isCounted = !isMissing(measured.work.cacheMisses);
    expect(measured.classification.class === 'cache_sensitive').toBe(isCounted);
  });

  it('throttled', { timeout: 30_000 }, async (context) => {
    const group = quotaGroup();
    if (group === null) return context.skip('no cgroup with a CPU quota can be made here');
    const pid = await start('throttled');
    try {
      writeFileSync(`${group}/cgroup.procs`, `${pid}`);
      const measured = await classOf('throttled', pid, ['throttled']);
      expect(measured.classification.class).toBe('throttled');
      expect(readSituation(measured)).toMatchObject({ quota: { cpus: 0.2, cgroup: '/keel-work' } });
    } finally {
      process.kill(pid, 'SIGKILL');
      await systemClock.sleep(200e6);
      rmdirSync(group);
    }
  });

  it('agrees with pidstat about the CPU that was used', { timeout: 30_000 }, async (context) => {
    const pid = await start('periodic');
    let text: string;
    try {
      const pidstat = new Promise<string>((resolve, reject) => {
        const child = spawn('pidstat', ['-u', '-p', `${pid}`, '5', '1'], {
          env: { ...process.env, LC_ALL: 'C' },
        });
        let all = '';
        child.stdout.on('data', (part) => {
          all += part;
        });
        child.on('error', reject);
        child.on('close', () => resolve(all));
      });
      const [measured, printed] = await Promise.all([measure(pid), pidstat]);
      text = printed;
      const line = text.split('\n').find((one) => one.startsWith('Average') && one.includes(` ${pid} `));
      const pidstatPct = Number(line?.trim().split(/\s+/)[7]);
      expect(Math.abs((measured.work.threads[0]?.runPct as number) - pidstatPct)).toBeLessThan(5);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return context.skip('no pidstat here');
      throw error;
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });
});
