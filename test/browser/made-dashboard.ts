/** The dashboard as it ships, with frames that are made instead of measured: as many as one likes, as fast as one likes. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { WatchFrame } from '../../src/model/watch/frame.ts';
import { frameFinding, targetFrame, threadFrame, watchFrame } from '../../src/model/watch/testing/frames.ts';
import { createDashboard } from '../../src/web/dashboard.ts';
import { Feeds } from '../../src/web/feeds.ts';
import { hostsFor } from '../../src/web/hosts.ts';
import { listen } from '../../src/web/listen.ts';
import { readPageFiles } from '../../src/web/page-files.ts';

/** Ten minutes at one a second: what the page keeps, and the server for who comes later. */
export const KEPT_FRAMES = 600;
const CPUS = 16;
const THREADS = 40;

/** What the target is called in a frame. */
export function nameAt(frame: number): string {
  return `arena-${frame}`;
}

/** Threads come and go and move from CPU to CPU, and what the rules find changes. */
function madeFrame(at: number): WatchFrame {
  const wave = (i: number) => 0.5 + 0.5 * Math.sin(at / 7 + i);
  const octaves = Array.from({ length: 28 }, (_, i) => (i < 8 ? 0 : Math.round(500 * wave(i))));
  const events = octaves.reduce((sum, count) => sum + count, 0);
  const distribution = { events, totalNs: events * 20_000, octaves };
  const threads = Array.from({ length: THREADS }, (_, i) => {
    // Each lives for forty seconds.
    const tid = 5000 + i + THREADS * Math.floor((at + i) / 40);
    return threadFrame(tid, {
      comm: `worker-${tid}`,
      cpu: (i + Math.floor(at / 3) * (i % 5)) % CPUS,
      runTimeNs: 2e7 * wave(i),
      runDelayNs: 1e6 * wave(i + 3),
    });
  });
  const activity = {
    runTimeNs: 6e8 * wave(1),
    rssBytes: 4e9 + 1e8 * wave(2),
    cpus: Array.from({ length: CPUS }, (_, cpu) => ({ cpu, runTimeNs: 4e7 * wave(cpu), exactNs: 0 })),
  };
  return watchFrame(at, {
    monotonicNs: BigInt(at) * 1_000_000_000n,
    unixMs: 1_790_000_000_000 + at * 1000,
    targets: [
      targetFrame(4127, {
        comm: nameAt(at),
        activity,
        threads,
        runDelays: distribution,
        faultStalls: distribution,
      }),
    ],
    judgement: {
      monotonicNs: BigInt(at) * 1_000_000_000n,
      windowNs: 10e9,
      findings: at % 3 === 0 ? [] : [frameFinding({ rule: `rule-${at % 4}` })],
    },
  });
}

const topology = {
  schema: 'keel.topo/1',
  model: 'made',
  cpus: Array.from({ length: CPUS }, (_, cpu) => ({
    cpu,
    online: true,
    node: 0,
    coreCpus: String(cpu),
    packageCpus: `0-${CPUS - 1}`,
    usable: true,
    unusableBecause: null,
    caches: [{ level: 3, type: 'Unified', sizeBytes: 8 << 20, cpus: cpu < 8 ? '0-7' : '8-15' }],
  })),
};

export interface MadeDashboard {
  readonly url: string;
  /** How many frames there are so far. */
  readonly frames: () => number;
  /** Gives more of them, one after the other. */
  readonly give: (count: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function serveMadeFrames(): Promise<MadeDashboard> {
  const token = randomBytes(16).toString('hex');
  const hosts = new Set<string>();
  let given = 0;
  let wanted = KEPT_FRAMES;
  let wake = () => {};
  async function* frames(signal: AbortSignal): AsyncGenerator<WatchFrame> {
    signal.addEventListener('abort', () => wake(), { once: true });
    for (given = 0; !signal.aborted; ) {
      if (given < wanted) {
        given += 1;
        yield madeFrame(given);
        // The stream and the page get their turn after each.
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const app = createDashboard({
    rules: { hosts, scheme: 'http', viewToken: token, changeToken: null },
    files: readPageFiles(join(import.meta.dirname, '../../dist/page')),
    feeds: new Feeds<WatchFrame>(() => ({ open: frames, remembered: KEPT_FRAMES, waiting: KEPT_FRAMES })),
    keel: { run: async () => ({ exitCode: 0, document: topology }) },
    audit: { write: () => {} },
    processes: () => [],
    trials: async () => [],
    alerts: async () => ({ state: 'absent', address: '' }),
    history: { targets: () => [], ranges: () => [], events: () => [] } as never,
    session: { schema: 'keel.session/1', target: '4127', everyNs: 1e9 },
    now: () => new Date(0).toISOString(),
    nowNs: () => process.hrtime.bigint(),
  });
  const listening = await listen(app, { address: '127.0.0.1', port: 0, certificate: null });
  for (const name of hostsFor('127.0.0.1', listening.port, [])) hosts.add(name);
  return {
    url: `http://127.0.0.1:${listening.port}/?token=${token}`,
    frames: () => given,
    async give(count) {
      wanted += count;
      wake();
      while (given < wanted) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    close: () => listening.close(),
  };
}
