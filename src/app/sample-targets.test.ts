import { describe, expect, it } from 'vitest';
import { type Maybe, missing } from '../base/missing.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import type { ReaderKind } from '../host/reader.ts';
import type { FoundTarget } from './find-targets.ts';
import { measureReadNs, type Sample, sampleTargets } from './sample-targets.ts';

const FACTS = { ...NO_FACTS, pageBytes: 4096, ticksPerSec: 100 };
const target: FoundTarget = { tgid: 7, comm: 'arena', startTicks: 100n, tid: null };

function stat(parts: { state?: string; start?: number; threads?: number } = {}): string {
  const { state = 'S', start = 100, threads = 1 } = parts;
  return `7 (arena) ${state} 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 ${threads} 0 ${start} 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0`;
}

/** A process 7 whose texts depend on the time, and a clock on which waiting takes as long as the test says. */
class Stage {
  nowNs = 0n;
  /** How much later than asked the sleeper wakes. */
  lateNs = 0;
  onSleep: () => void = () => {};
  readonly clock = {
    monotonicNs: () => this.nowNs,
    unixMs: () => Number(this.nowNs / 1_000_000n),
    sleep: async (ns: number) => {
      // Nothing shorter than its earliness is cut short: it would never end.
      this.nowNs += BigInt(Math.round(ns + this.lateNs > 0 ? ns + this.lateNs : ns));
      this.onSleep();
    },
  };
  statAt: (nowNs: bigint) => string | null = () => stat();

  text(kind: ReaderKind, path: string): Maybe<string> {
    const text = this.statAt(this.nowNs);
    if (text === null) return missing('gone', path);
    if (kind === 'list') return '7';
    if (path.endsWith('/stat')) return text;
    return path.endsWith('/schedstat') ? '1 2 3' : 'arena (7, #threads: 1)\nse.nr_migrations : 4\n';
  }

  readonly opened = { host: new Host('live', FACTS, this), moments: [] };

  async run(everyNs: number, durationNs: number | null, signal = new AbortController().signal) {
    const samples: Sample[] = [];
    const plan = { targets: [target], everyNs, durationNs, signal };
    for await (const one of sampleTargets(this.opened, this.clock, plan)) samples.push(one);
    return samples;
  }
}

const times = (samples: readonly Sample[]) => samples.map((one) => Number(one.monotonicNs) / 1e6);

describe('sampling', () => {
  it('keeps to deadlines, so that lateness does not add up', async () => {
    const stage = new Stage();
    stage.lateNs = 3e6;
    expect(times(await stage.run(100e6, 500e6))).toEqual([0, 103, 203, 303, 403, 503]);
  });

  it('waits on where a timer fires before the deadline, so that no interval is a rest of one', async () => {
    const stage = new Stage();
    // Timers count whole milliseconds from a rounded start.
    stage.lateNs = -0.9e6;
    expect(times(await stage.run(100e6, 300e6))).toEqual([0, 100, 200, 300]);
  });

  it('skips what it missed and says how many', async () => {
    const stage = new Stage();
    stage.onSleep = () => {
      if (stage.nowNs === 200_000_000n) stage.nowNs = 570_000_000n;
    };
    const samples = await stage.run(100e6, 800e6);
    expect(times(samples)).toEqual([0, 100, 570, 600, 700, 800]);
    expect(samples.map((one) => one.skipped)).toEqual([0, 0, 0, 3, 0, 0]);
  });

  it('joins a short rest to the last interval', async () => {
    expect(times(await new Stage().run(100e6, 340e6))).toEqual([0, 100, 200, 340]);
    expect(times(await new Stage().run(100e6, 360e6))).toEqual([0, 100, 200, 300, 360]);
  });

  it('ends when the process is gone', async () => {
    const stage = new Stage();
    stage.statAt = (now) => (now > 250_000_000n ? null : stat());
    const samples = await stage.run(100e6, null);
    expect(samples.map((one) => one.ended.length)).toEqual([0, 0, 0, 1]);
    expect(samples.at(-1)?.processes.size).toBe(0);
  });

  it('takes a reused id for the end', async () => {
    const stage = new Stage();
    stage.statAt = (now) => stat({ start: now > 150_000_000n ? 999 : 100 });
    const samples = await stage.run(100e6, null);
    expect(samples.at(-1)).toMatchObject({ ended: [target] });
    expect(samples.at(-1)?.processes.size).toBe(0);
  });

  it('reads a zombie a last time, and goes on where only the main thread has left', async () => {
    const zombie = new Stage();
    zombie.statAt = (now) => stat({ state: now > 150_000_000n ? 'Z' : 'R' });
    const last = (await zombie.run(100e6, null)).at(-1);
    expect([last?.ended.length, last?.processes.size]).toEqual([1, 1]);
    const leaderless = new Stage();
    leaderless.statAt = () => stat({ state: 'Z', threads: 3 });
    expect((await leaderless.run(100e6, 300e6)).flatMap((one) => one.ended)).toEqual([]);
  });

  it('takes a part of the interval where Ctrl-C comes late in it, or in the first', async () => {
    const run = async (atMs: number) => {
      const stage = new Stage();
      const stop = new AbortController();
      stage.onSleep = () => {
        if (stage.nowNs < BigInt(atMs) * 1_000_000n) return;
        stage.nowNs = BigInt(atMs) * 1_000_000n;
        stop.abort();
      };
      return times(await stage.run(100e6, null, stop.signal));
    };
    expect(await run(230)).toEqual([0, 100, 200]);
    expect(await run(270)).toEqual([0, 100, 200, 270]);
    expect(await run(30)).toEqual([0, 30]);
    expect(await run(5)).toEqual([0]);
  });

  it('measures what one reading costs, the least of a few', () => {
    const stage = new Stage();
    const clock = { ...stage.clock, monotonicNs: () => (stage.nowNs += 1000n) };
    expect(measureReadNs(stage.opened.host, clock, { targets: [target] })).toBe(1000);
  });
});
