/** Frames of a real process against the kernel's own counters and against what the process does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { openHost } from './open-host.ts';
import { watchFrames } from './watch-frames.ts';

let child: ChildProcess;

beforeAll(async () => {
  // Half busy, half asleep, and one page a turn.
  child = spawn(
    'python3',
    [
      '-c',
      `
import time, mmap
print("up", flush=True)
while True:
    end = time.monotonic() + 0.05
    while time.monotonic() < end: pass
    mmap.mmap(-1, 4096)[0] = 1
    time.sleep(0.05)
`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
});

afterAll(() => {
  child.kill('SIGKILL');
});

async function frames(count: number): Promise<WatchFrame[]> {
  const opened = openHost();
  const targets = findTargets(opened.host, String(child.pid), { all: false, command: 'watch' });
  const plan = {
    targets,
    everyNs: 400e6,
    durationNs: 400e6 * count,
    signal: new AbortController().signal,
    latencies: true,
    judged: false,
  };
  const found: WatchFrame[] = [];
  for await (const frame of watchFrames(opened, systemClock, plan)) found.push(frame);
  return found;
}

describe('frames of a running process', () => {
  it('add up to what the kernel counted meanwhile', async () => {
    const counted = () => {
      const text = readFileSync(`/proc/${child.pid}/sched`, 'utf8');
      const faults = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
      return [Number(/nr_migrations\s*:\s*(\d+)/.exec(text)?.[1]), Number(faults?.[7])] as const;
    };
    const before = counted();
    const found = await frames(3);
    const after = counted();
    const sum = (pick: 'migrations' | 'minorFaults') =>
      found.reduce((total, { targets: [one] }) => {
        const value = one?.activity[pick];
        return total + (value === undefined || isMissing(value) ? Number.NaN : value);
      }, 0);
    expect(found).toHaveLength(3);
    // Our readings lie within those of the test, so they can be less, never more.
    expect(sum('migrations')).toBeLessThanOrEqual(after[0] - before[0]);
    expect(sum('minorFaults')).toBeLessThanOrEqual(after[1] - before[1]);
    expect(sum('minorFaults')).toBeGreaterThan(0);
  });

  it('hold as many page faults one by one as the counter says', async (ctx) => {
    const found = await frames(2);
    const [first] = found;
    const stalls = first?.targets[0]?.faultStalls;
    if (stalls === undefined || isMissing(stalls))
      return ctx.skip(`faults cannot be counted in the kernel here: ${stalls?.detail ?? stalls?.missing}`);
    for (const {
      targets: [target],
    } of found) {
      const [stall, counter] = [target?.faultStalls, target?.activity.minorFaults];
      if (stall === undefined || isMissing(stall) || isMissing(counter))
        throw new Error('it was there before');
      // The two are read one after the other, a fault apart at most for each reading.
      expect(Math.abs(stall.events - (counter ?? 0))).toBeLessThanOrEqual(4);
      expect(stall.totalNs).toBeGreaterThan(0);
    }
  });
});
