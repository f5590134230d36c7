import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import { systemClock } from './clock.ts';
import type { OpenedHost } from './open-host.ts';
import { watchFrames } from './watch-frames.ts';

const FACTS = { ...NO_FACTS, pageBytes: 4096, ticksPerSec: 100 };

/** A captured machine with process 7, which has run so long. */
function moment(monotonicNs: bigint, ranNs: number): OpenedHost['moments'][number] {
  const stat =
    '7 (arena) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0';
  const files = {
    '/proc/7/stat': stat,
    '/proc/7/task/7/stat': stat,
    '/proc/7/task/7/schedstat': `${ranNs} 5 9`,
    '/proc/7/task/7/sched': 'arena (7, #threads: 1)\nse.nr_migrations : 4\n',
    '/proc/7/status': 'Name:\tarena\nTgid:\t7\nUid:\t0\t0\t0\t0\nVmSwap:\t8 kB\nCpus_allowed_list:\t0-1\n',
  };
  return { host: new Host('captured', FACTS, MemorySource.ofFiles(files)), monotonicNs };
}

async function framesOf(moments: OpenedHost['moments'], judged = false): Promise<WatchFrame[]> {
  const [first] = moments;
  if (first === undefined) throw new Error('a capture has a moment');
  const found: WatchFrame[] = [];
  const plan = {
    targets: [{ tgid: 7, comm: 'arena', startTicks: 100n, tid: null }],
    everyNs: 1e9,
    durationNs: null,
    signal: new AbortController().signal,
    latencies: true,
    judged,
  };
  for await (const one of watchFrames({ host: first.host, moments }, systemClock, plan)) found.push(one);
  return found;
}

describe('frames of a captured machine', () => {
  const moments = [moment(0n, 0), moment(2_000_000_000n, 500_000_000), moment(3_000_000_000n, 1_500_000_000)];

  it('are one for each moment but the first, read from that moment', async () => {
    const frames = await framesOf(moments);
    expect(frames.map((one) => [one.elapsedNs, one.targets[0]?.activity.runTimeNs])).toEqual([
      [2e9, 5e8],
      [1e9, 1e9],
    ]);
    expect(frames[0]).toMatchObject({ unixMs: null, ownRunNs: null });
  });

  it('say that single faults and findings are not in a capture', async () => {
    const [frame] = await framesOf(moments);
    expect(frame?.targets[0]?.faultStalls).toMatchObject({ missing: 'not-captured' });
    expect(frame?.judgement).toMatchObject({ missing: 'absent' });
  });

  it('are judged over the moments until then, where that is asked for', async () => {
    const frames = await framesOf(moments, true);
    expect(frames.map(({ judgement }) => judgement)).toMatchObject([{ windowNs: 2e9 }, { windowNs: 3e9 }]);
  });
});
