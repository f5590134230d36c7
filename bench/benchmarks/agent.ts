/** What `keel agent` takes to watch 1000 processes once a second, beside process-exporter, asked as often. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { code } from '../../scripts/generate/markdown.ts';
import type { Benchmark, Outcome } from '../benchmark.ts';
import { isInstalled } from '../measured-program.ts';
import { quantile } from '../pairs.ts';
import { PROCESS_EXPORTER, ProcessExporter } from '../peers/process-exporter.ts';
import { firstAnswer, freePort, peakResidentBytes, runTimeNs } from '../running-program.ts';
import { withSleepers } from '../sleepers.ts';

const KEEL = join(import.meta.dirname, '../../dist/keel.js');
const PROCESSES = 1000;
/** Until V8 has compiled what is done once a second, and has shrunk its heap once. */
const WARM_UP_SEC = 60;
/** Programs and cgroups are looked up again within a minute, which is part of it. */
const WINDOW_SEC = 60;
const GOAL_PCT = 1;
const GOAL_BYTES = 120e6;
/** As often as the agent looks. */
const SCRAPES = 10;

export const agent: Benchmark = {
  name: 'agent',
  rounds: 3,
  obstacle: () => null,
  run: (rounds) =>
    withSleepers(PROCESSES, async () => {
      const watching = await measureAgent(rounds);
      return outcome(watching, isInstalled(PROCESS_EXPORTER) ? await exporterUs() : null);
    }),
};

interface Watching {
  /** Of one CPU, a window each. */
  readonly sharesPct: readonly number[];
  readonly startMs: number;
  readonly peakBytes: number;
  /** What the agent itself says. */
  readonly watched: number;
  readonly observations: number;
}

async function measureAgent(rounds: number): Promise<Watching> {
  const folder = mkdtempSync(join(tmpdir(), 'keel-agent-'));
  const port = await freePort();
  const file = join(folder, 'agent.yaml');
  writeFileSync(
    file,
    `state: ${folder}/state\nlisten: 127.0.0.1:${port}\ntargets: [{ name: sleepers, exe: sleep }]\n`,
  );
  const child = spawn(process.execPath, [KEEL, 'agent', file], { stdio: 'ignore' });
  try {
    return await measureRunning(child, `http://127.0.0.1:${port}`, rounds);
  } finally {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  }
}

async function measureRunning({ pid }: ChildProcess, url: string, rounds: number): Promise<Watching> {
  await firstAnswer(`${url}/-/healthy`);
  const startMs = Number(runTimeNs(pid)) / 1e6;
  await sleep(WARM_UP_SEC * 1000);
  const sharesPct: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const before = { runNs: runTimeNs(pid), atNs: process.hrtime.bigint() };
    await sleep(WINDOW_SEC * 1000);
    await firstAnswer(`${url}/metrics`);
    const runNs = Number(runTimeNs(pid) - before.runNs);
    sharesPct.push((100 * runNs) / Number(process.hrtime.bigint() - before.atNs));
  }
  const metrics = await firstAnswer(`${url}/metrics`);
  const value = (name: string) => Number(new RegExp(`^${name}(?:{[^}]*})? (.*)$`, 'm').exec(metrics)?.[1]);
  return {
    sharesPct,
    startMs,
    peakBytes: peakResidentBytes(pid),
    watched: value('keel_target_processes'),
    observations: value('keel_agent_observations_total'),
  };
}

async function exporterUs(): Promise<number> {
  const exporter = new ProcessExporter();
  try {
    return await exporter.scrapeUs(SCRAPES);
  } finally {
    exporter.close();
  }
}

function outcome(watching: Watching, exporterScrapeUs: number | null): Outcome {
  const { sharesPct, startMs, peakBytes, watched, observations } = watching;
  const share = quantile(sharesPct, 0.5);
  const megabytes = `${Math.round(peakBytes / 1e6)} MB`;
  const exporter = `${code(PROCESS_EXPORTER)}, a scrape a second`;
  const rows = [[code('keel agent'), `${share.toFixed(2)} %`, `${startMs.toFixed(0)} ms`, megabytes]];
  if (exporterScrapeUs !== null) rows.push([exporter, `${(exporterScrapeUs / 1e4).toFixed(2)} %`, '', '']);
  return {
    about: [
      `CPU time of all threads, in % of one CPU: the median of ${sharesPct.length} windows of ${WINDOW_SEC} s after one of ${WARM_UP_SEC} s to`,
      `warm up, ${watched} processes watched, ${observations} observations, a scrape of /metrics in each window.`,
    ].join('\n'),
    header: ['what', 'of one CPU', 'start', 'peak memory'],
    rows,
    absent: exporterScrapeUs === null ? [PROCESS_EXPORTER] : [],
    goals: [
      {
        what: `${PROCESSES} processes at 1 Hz below ${GOAL_PCT} % of one CPU`,
        measured: `${share.toFixed(2)} %`,
        isReached: share < GOAL_PCT,
      },
      {
        what: `memory below ${GOAL_BYTES / 1e6} MB`,
        measured: megabytes,
        isReached: peakBytes < GOAL_BYTES,
      },
    ],
  };
}
