/** A diagnosis on the running kernel: two programs that are made to share one CPU. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { systemClock } from './clock.ts';
import { openLiveHost } from './open-host.ts';
import { watchWindow } from './watch-window.ts';

const taskset = spawnSync('taskset', ['-p', String(process.pid)]).status === 0;
const LOOP = "process.stdout.write('ready'); for (;;);";
const children = () =>
  spawn('taskset', ['-c', '0', process.execPath, '-e', LOOP], { stdio: ['ignore', 'pipe', 'inherit'] });

describe.skipIf(!taskset)('two busy programs on one CPU (skipped where taskset is not installed)', () => {
  const pair = taskset ? [children(), children()] : [];
  const tgids = pair.map((child) => child.pid as number);
  beforeAll(() => Promise.all(pair.map((child) => once(child.stdout as NodeJS.ReadableStream, 'data'))));
  afterAll(() => {
    for (const child of pair) child.kill('SIGKILL');
  });

  it('wait for each other, and the diagnosis names the other one', async () => {
    const opened = { host: openLiveHost(), moments: [] };
    const plan = { durationNs: 1e9, signal: new AbortController().signal, targets: null };
    const { window, diagnosis, ownRunNs } = await watchWindow(opened, systemClock, plan);
    const found = diagnosis.findings.filter((one) => tgids.includes(one.subject?.tgid ?? 0));
    const waits = found.filter((one) => one.rule === 'waits-for-cpu');
    expect(waits.map((one) => one.subject?.tgid).sort()).toEqual([...tgids].sort());
    const main = window.interval.processes
      .flatMap((one) => one.threads)
      .filter((one) => tgids.includes(one.tid));
    // Each runs or waits, all of the time; what both ran is not more than the CPU.
    const ranNs = main.map((one) => (isMissing(one.runTimeNs) ? 0 : one.runTimeNs));
    const waitedNs = main.map((one) => (isMissing(one.runDelayNs) ? 0 : one.runDelayNs));
    const { elapsedNs } = window.interval;
    expect((ranNs[0] ?? 0) + (ranNs[1] ?? 0)).toBeLessThan(elapsedNs * 1.1);
    for (const i of [0, 1]) {
      expect(((ranNs[i] ?? 0) + (waitedNs[i] ?? 0)) / elapsedNs).toBeGreaterThan(0.8);
    }
    // Neither moved, so the one that held the CPU is known.
    for (const one of waits) expect(one.evidence.at(-1)?.text.en).toMatch(/^meanwhile on CPU 0 /);
    expect(diagnosis.findings.some((one) => one.subject?.tgid === process.pid)).toBe(false);
    expect(ownRunNs).toBeGreaterThan(0);
  });
});
