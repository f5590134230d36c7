/** Planted lateness, and the share of it that is found under its name; and ticks of a known rate. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { isMissing, orNull } from '../base/missing.ts';
import { ownAllowed } from '../kernel/proc/allowed.ts';
import { isLate, type LateCause } from '../model/late/causes.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { openLiveHost } from './open-host.ts';
import { watchLateByBpf } from './watch-late.ts';

const host = openLiveHost();
const PROGRAMS = join(import.meta.dirname, '../../fixtures/programs');
const CPU = Math.max(...(orNull(host.read(ownAllowed))?.cpus?.ids() ?? [0]));
const SECONDS = 3;
/** Below, what is between the events (the way out of the kernel) is a part that counts. */
const LEAST_GAP_NS = 80_000;

interface Truth {
  readonly from: number;
  readonly to: number;
  readonly gaps: readonly (readonly [number, number])[];
  readonly children: Readonly<Record<string, number>>;
  readonly ticker: readonly number[];
  /** The rate that the program itself counted, where it does. */
  readonly hz?: number;
}

interface Planted {
  readonly truth: Truth;
  readonly watched: WatchedLate;
}

const scratch = mkdtempSync(join(tmpdir(), 'keel-late-'));
const table: string[] = [];
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
  if (table.length > 0) console.log(['planted lateness, found under its name:', ...table].join('\n'));
});

/** @param wrap what the program is started by, such as taskset or a shell in a cgroup */
function planted(words: readonly string[], wrap: readonly string[] = [], overNs = 20_000): Promise<Planted> {
  return watchedRun([...wrap, python(), join(PROGRAMS, 'late_plants.py'), ...words], overNs);
}

async function watchedRun([command = '', ...rest]: readonly string[], overNs: number): Promise<Planted> {
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    const ready = String((await lines.next()).value);
    const [target] = findTargets(host, ready.split(' ')[1] ?? '', { all: false, command: 'late' });
    if (target === undefined) throw new Error(ready);
    const stop = new AbortController();
    const request = { target, durationNs: 30e9, overNs, signal: stop.signal };
    const watching = watchLateByBpf(host, systemClock, request);
    await systemClock.sleep(900e6);
    child.stdin.write('go\n');
    const truth = JSON.parse(String((await lines.next()).value)) as Truth;
    await systemClock.sleep(100e6);
    stop.abort();
    const watched = await watching;
    if (isMissing(watched)) throw new Error(watched.detail ?? watched.path);
    return { truth, watched };
  } finally {
    child.stdin.end('end\n');
    child.kill('SIGKILL');
  }
}

/** A launcher of versions would be one program too many. */
function python(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

/** How much of the gaps is covered by each cause. */
function coverage(
  { truth, watched }: Planted,
  leastGapNs: number,
): {
  readonly gapNs: number;
  readonly by: Map<LateCause | 'none', number>;
} {
  const by = new Map<LateCause | 'none', number>();
  const add = (cause: LateCause | 'none', ns: number) => by.set(cause, (by.get(cause) ?? 0) + ns);
  const gaps = truth.gaps.filter(([from, to]) => to - from >= leastGapNs);
  const baseNs = Number(watched.startedNs);
  const parts = watched.summary.kept.flatMap((moment) =>
    moment.parts.flatMap(({ atNs, lengthNs, label }) => {
      const fromNs = baseNs + moment.fromNs + atNs;
      return isLate(label) ? [{ fromNs, toNs: fromNs + lengthNs, label }] : [];
    }),
  );
  let gapNs = 0;
  let first = 0;
  for (const [from, to] of gaps) {
    gapNs += to - from;
    while (first < parts.length && (parts[first]?.toNs ?? 0) <= from) first += 1;
    for (let i = first; i < parts.length && (parts[i]?.fromNs ?? 0) < to; i += 1) {
      const part = parts[i];
      if (part !== undefined)
        add(part.label, Math.max(0, Math.min(to, part.toNs) - Math.max(from, part.fromNs)));
    }
  }
  add('none', gapNs - [...by.values()].reduce((sum, ns) => sum + ns, 0));
  return { gapNs, by };
}

/** Of the gaps, without what is known to have had another cause than the planted one. */
function shareOf(
  name: string,
  run: Planted,
  causes: readonly LateCause[],
  foreign: readonly LateCause[] = [],
  leastGapNs = LEAST_GAP_NS,
): number {
  const { gapNs, by } = coverage(run, leastGapNs);
  const sum = (of: readonly LateCause[]) => of.reduce((total, cause) => total + (by.get(cause) ?? 0), 0);
  const share = sum(causes) / Math.max(1, gapNs - sum(foreign));
  const rest = [...by].map(([cause, ns]) => `${cause} ${((100 * ns) / gapNs).toFixed(1)}`).join(', ');
  table.push(
    `  ${name}: ${(gapNs / 1e6).toFixed(0)} ms of gaps, entry ${run.watched.entryNs} ns, ${(100 * share).toFixed(1)} %   [${rest}]`,
  );
  return share;
}

const possible = host.kind === 'live' && process.geteuid?.() === 0;
const FOREIGN: readonly LateCause[] = ['preempted', 'behind', 'steal'];

describe.skipIf(!possible)('planted lateness (needs root for BPF)', () => {
  it('of one hog is other tasks, and the hog is named', async () => {
    const run = await planted(['hog', `${SECONDS}`, `${CPU}`, '1']);
    expect(shareOf('one hog', run, ['preempted', 'behind'])).toBeGreaterThan(0.9);
    expectNamed(run);
    expectReconciled(run);
  });

  it('of two hogs is other tasks, and both are named', async () => {
    const run = await planted(['hog', `${SECONDS}`, `${CPU}`, '2']);
    expect(shareOf('two hogs', run, ['preempted', 'behind'])).toBeGreaterThan(0.9);
    expectNamed(run);
  });

  it('of a lock is the lock', async () => {
    const run = await planted(['lock', `${SECONDS}`, `${CPU}`]);
    expect(shareOf('lock', run, ['lock', 'condition'], FOREIGN)).toBeGreaterThan(0.9);
  });

  const throttles = '/sys/fs/cgroup/blkio';
  it.skipIf(!isDisk(throttles))(
    'of a cold file on a slow disk is page faults, and the file is named',
    async () => {
      const file = join(scratch, 'cold');
      writeFileSync(file, Buffer.alloc(64 * 1024 * 1024, 7));
      execFileSync('sync', ['-d', file]);
      const group = join(throttles, `keel-late-${process.pid}`);
      execFileSync('mkdir', [group]);
      try {
        // Disks of virtual machines answer from the memory of their host: a limit makes each read a moment of its own.
        writeFileSync(join(group, 'blkio.throttle.read_iops_device'), `${diskOf(scratch)} 500`);
        const run = await planted(['cold', `${SECONDS}`, `${CPU}`, file], entering(group));
        expect(shareOf('cold file', run, ['page-fault', 'wake-up'], FOREIGN)).toBeGreaterThan(0.9);
        const faults = run.watched.summary.byCause.find((one) => one.cause === 'page-fault');
        expect(faults?.by[0]?.holder.name).toBe(file);
      } finally {
        await leave(group);
      }
    },
  );

  const quotas = '/sys/fs/cgroup/cpu';
  it.skipIf(!hasQuota(quotas)).each([
    ['quota', 'spin', []],
    ['quota and a hog of another group', 'spin', ['hog']],
  ] as const)('of a %s is the quota, as much as the kernel says', async (name, mode, beside) => {
    const group = join(quotas, `keel-late-${process.pid}`);
    execFileSync('mkdir', [group]);
    const hog =
      beside.length === 0 ? null : spawn('taskset', ['-c', `${CPU}`, python(), '-c', 'while True: pass']);
    try {
      writeFileSync(join(group, 'cpu.cfs_period_us'), '100000');
      writeFileSync(join(group, 'cpu.cfs_quota_us'), '20000');
      const run = await planted([mode, `${SECONDS}`, `${CPU}`], entering(group));
      shareOf(name, run, ['quota']);
      const identity = run.watched.identities.find((one) => one.identity === 'throttled-time');
      const kernelNs = Number(identity?.kernelNs);
      expect(kernelNs).toBeGreaterThan(0.2e9);
      expect(Math.abs((identity?.oursNs ?? 0) / kernelNs - 1)).toBeLessThan(0.1);
      table.push(`  ${name}: ours ${identity?.oursNs} ns, cpu.stat ${kernelNs} ns`);
    } finally {
      hog?.kill('SIGKILL');
      await leave(group);
    }
  });

  it.skipIf(!hasQuota(quotas))('of a quota of a group above is that quota, as much as it says', async () => {
    const above = join(quotas, `keel-late-${process.pid}`);
    const group = join(above, 'within');
    execFileSync('mkdir', ['-p', group]);
    try {
      writeFileSync(join(above, 'cpu.cfs_period_us'), '100000');
      writeFileSync(join(above, 'cpu.cfs_quota_us'), '20000');
      const run = await planted(['spin', `${SECONDS}`, `${CPU}`], entering(group));
      shareOf('quota of a group above', run, ['quota']);
      const identity = run.watched.identities.find((one) => one.identity === 'throttled-time');
      const kernelNs = Number(identity?.kernelNs);
      expect(kernelNs).toBeGreaterThan(0.2e9);
      expect(Math.abs((identity?.oursNs ?? 0) / kernelNs - 1)).toBeLessThan(0.1);
    } finally {
      await leave(group);
      await leave(above);
    }
  });

  it('of a flood of datagrams is interrupts and softirqs', async (context) => {
    // A sysfs of its own: the one that is there shows the network of everybody.
    const steer = `mount -t sysfs sysfs /sys && ip link set lo up && echo 2 > /sys/class/net/lo/queues/rx-0/rps_cpus && exec "$@"`;
    try {
      execFileSync('unshare', ['-n', '-m', 'sh', '-c', steer, 'sh', 'true'], { stdio: 'ignore' });
    } catch {
      context.skip('no network namespace of its own, or no steering of its packets');
    }
    const run = await planted(['flood', '2', `${CPU}`], ['unshare', '-n', '-m', 'sh', '-c', steer, 'sh'], 0);
    expect(
      shareOf('softirq flood', run, ['softirq', 'interrupt', 'interrupt-entry'], FOREIGN),
    ).toBeGreaterThan(0.9);
  });
});

/** Whatever else the machine does, the planted tick is not late for it. */
const REAL_TIME = ['chrt', '-f', '10'];

describe.skipIf(!possible)('ticks (needs root for BPF)', () => {
  it.each([20, 30, 60, 64, 128])('at %i Hz are found, within 1 %, and their thread', async (hz) => {
    const run = await planted(['tick', '6', `${CPU}`, `${hz}`], REAL_TIME, 1e6);
    const { tick } = run.watched.summary;
    table.push(
      `  tick of ${hz} Hz: ${tick === null ? 'none' : `${tick.hz.toFixed(2)} Hz, timer ${tick.timer}`}`,
    );
    expect(tick?.task.tid).toBe(run.truth.ticker[0]);
    expect(Math.abs((tick?.hz ?? 0) / hz - 1)).toBeLessThan(0.01);
  });

  it('of a Node.js server beside its requests are found, at the rate they have', async () => {
    const program = [process.execPath, join(PROGRAMS, 'tick_server.mjs'), '64', '6'];
    const { watched, truth } = await watchedRun([...REAL_TIME, ...program], 1e6);
    const { tick } = watched.summary;
    const real = truth.hz ?? 0;
    table.push(`  Node.js at 64 Hz: ${tick?.hz.toFixed(2) ?? 'none'} Hz, its own log ${real.toFixed(2)} Hz`);
    expect(tick?.task.tid).toBe(truth.ticker[0]);
    expect(Math.abs((tick?.hz ?? 0) / real - 1)).toBeLessThan(0.01);
  });

  it.each([20, 60, 128])(
    'of setInterval for %i Hz beside requests are found, at the rate they have',
    async (hz) => {
      const program = [process.execPath, join(PROGRAMS, 'tick_server.mjs'), `${hz}`, '6', 'interval'];
      const { watched, truth } = await watchedRun([...REAL_TIME, ...program], 1e6);
      const { tick } = watched.summary;
      const real = truth.hz ?? 0;
      table.push(
        `  setInterval for ${hz} Hz: ${tick?.hz.toFixed(2) ?? 'none'} Hz, its own log ${real.toFixed(2)} Hz`,
      );
      expect(tick?.task.tid).toBe(truth.ticker[0]);
      expect(Math.abs((tick?.hz ?? 0) / real - 1)).toBeLessThan(0.01);
    },
  );

  it('are not found in a Node.js server that only answers requests', async () => {
    const program = [process.execPath, join(PROGRAMS, 'tick_server.mjs'), '0', '5'];
    const { watched } = await watchedRun([...REAL_TIME, ...program], 1e6);
    expect(watched.summary.tick).toBeNull();
  });

  it('are not found in a loop that sleeps and works: it is free-running', async () => {
    const program = [process.execPath, join(PROGRAMS, 'tick_server.mjs'), '60', '6', 'loop'];
    const { watched, truth } = await watchedRun([...REAL_TIME, ...program], 1e6);
    expect(watched.summary.tick).toBeNull();
    expect(watched.summary.freeRunning?.task.tid).toBe(truth.ticker[0]);
  });

  it('are not found where there are none', async () => {
    const run = await planted(['noise', '5', `${CPU}`], [], 1e6);
    expect(run.watched.summary.tick).toBeNull();
  });
});

function hasQuota(folder: string): boolean {
  try {
    return readdirSync(folder).includes('cpu.cfs_quota_us') || readdirSync(folder).includes('cpu.shares');
  } catch {
    return false;
  }
}

/** Starts a program in a cgroup. */
function entering(group: string): readonly string[] {
  return ['sh', '-c', `echo $$ > ${group}/tasks; exec "$@"`, 'sh'];
}

/** The disk of a folder as "major:minor"; a partition has no limits of its own. */
function diskOf(folder: string): string {
  const { dev } = statSync(folder);
  return `${(dev >> 8) & 0xfff}:${dev & 0xff}`;
}

function isDisk(throttles: string): boolean {
  return (
    existsSync(join(throttles, 'blkio.throttle.read_iops_device')) &&
    existsSync(`/sys/dev/block/${diskOf(tmpdir())}/queue`)
  );
}

/** A group goes when its last task has. */
async function leave(group: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      execFileSync('rmdir', [group], { stdio: 'ignore' });
      return;
    } catch {
      await systemClock.sleep(100e6);
    }
  }
}

/** What is charged to each child is the CPU time it had meanwhile. */
function expectNamed({ truth, watched }: Planted): void {
  const charged = new Map<number, number>();
  for (const { by } of watched.summary.byCause)
    for (const { holder, lateNs } of by)
      if (holder.tid !== null) charged.set(holder.tid, (charged.get(holder.tid) ?? 0) + lateNs);
  for (const [pid, spentNs] of Object.entries(truth.children))
    expect((charged.get(Number(pid)) ?? 0) / spentNs).toBeGreaterThan(0.85);
}

function expectReconciled({ watched }: Planted): void {
  const identity = watched.identities.find((one) => one.identity === 'run-delay');
  expect(Math.abs((identity?.oursNs ?? 0) / Number(identity?.kernelNs) - 1)).toBeLessThan(0.02);
  const [switches] = watched.counts;
  expect(Math.abs((switches?.ours ?? 0) - Number(switches?.kernel))).toBeLessThan(10);
  expect(watched.lost).toBe(0);
}
