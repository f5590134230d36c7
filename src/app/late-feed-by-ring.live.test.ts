/** The same load, watched by BPF and by rings at once: both find the same causes. */
import { spawn, spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isMissing, orNull } from '../base/missing.ts';
import { ownAllowed } from '../kernel/proc/allowed.ts';
import { tracepointFormat } from '../kernel/proc/tracepoint-format.ts';
import type { LateCause } from '../model/late/causes.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { openLateFeedByRing } from './late-feed-by-ring.ts';
import { openLiveHost } from './open-host.ts';
import { watchLateByBpf, watchLateByEvents } from './watch-late.ts';

const host = openLiveHost();
const CPU = Math.max(...(orNull(host.read(ownAllowed))?.cpus?.ids() ?? [0]));
const hasTaskset = spawnSync('taskset', ['--version']).status === 0;

function spinning() {
  return spawn('taskset', ['-c', `${CPU}`, process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' });
}

function shares({ summary }: WatchedLate): (cause: LateCause) => number {
  return (cause) =>
    (summary.byCause.find((one) => one.cause === cause)?.lateNs ?? 0) / Math.max(1, summary.lateNs);
}

it.skipIf(!hasTaskset)('agree (skipped without taskset)', async ({ skip }) => {
  const format = host.read(tracepointFormat, { system: 'sched', event: 'sched_switch' });
  if (isMissing(format)) return skip(`tracefs does not show sched:sched_switch: ${format.missing}`);
  const [hog, victim] = [spinning(), spinning()];
  try {
    const [target] = findTargets(host, `${victim.pid}`, { all: false, command: 'late' });
    if (target === undefined) throw new Error('findTargets yields at least one');
    const request = { target, durationNs: 3e9, overNs: 0, signal: AbortSignal.timeout(20_000) };
    const [bpf, ring] = await Promise.all([
      watchLateByBpf(host, systemClock, request),
      watchLateByEvents(host, systemClock, request, openLateFeedByRing),
    ]);
    if (isMissing(bpf)) return skip(`no BPF: ${bpf.detail ?? bpf.path}`);
    if (isMissing(ring)) throw new Error(ring.detail ?? ring.path);
    expect(ring.obtainedBy).toBe('ring');
    expect(ring.lost).toBe(0);
    expect(ring.summary.lateNs).toBeGreaterThan(0.3e9);
    const [byBpf, byRing] = [shares(bpf), shares(ring)];
    for (const cause of ['preempted', 'behind', 'interrupt', 'softirq', 'unexplained'] as const)
      expect(Math.abs(byBpf(cause) - byRing(cause)), cause).toBeLessThan(0.1);
    const holders = ring.summary.byCause.flatMap(({ by }) => by.map(({ holder }) => holder.tid));
    expect(holders).toContain(hog.pid);
    expectReconciled(ring);
  } finally {
    hog.kill('SIGKILL');
    victim.kill('SIGKILL');
  }
});

/** The kernel's own counters of the same time. */
function expectReconciled({ identities, counts }: WatchedLate): void {
  const delay = identities.find((one) => one.identity === 'run-delay');
  expect(Math.abs((delay?.oursNs ?? 0) / Number(delay?.kernelNs) - 1)).toBeLessThan(0.05);
  const switches = counts.find((one) => one.count === 'switches');
  expect(Math.abs((switches?.ours ?? 0) - Number(switches?.kernel))).toBeLessThan(10);
}
