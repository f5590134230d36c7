/** What `keel late` costs beside a program that switches ten thousand times a second, both sides: A/A pairs. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { code } from '../../scripts/generate/markdown.ts';
import type { Benchmark, Goal, Outcome } from '../benchmark.ts';
import { isInstalled, noRunner, startMeasured, waitForPerfEvents } from '../measured-program.ts';
import { quantile } from '../pairs.ts';
import { type PassedSoFar, PingPong } from '../ping-pong.ts';

const KEEL = join(import.meta.dirname, '../../dist/keel.js');
const SWITCHES_PER_SEC = 10_000;
const WATCH_SEC = 30;
/** Within the watch, once it has begun, and as long without it. */
const LOOK_SEC = 24;
const GOAL_PCT = 3;

export const late: Benchmark = {
  name: 'late',
  rounds: 3,
  obstacle: () =>
    noRunner() ??
    (isInstalled('cc') ? null : 'it needs a C compiler') ??
    (process.geteuid?.() === 0 ? null : 'it needs root, for BPF'),
  run: async (rounds) => {
    const target = await PingPong.start(cpus().length - 1, SWITCHES_PER_SEC);
    try {
      const pairs: Pair[] = [];
      for (let round = 0; round < rounds; round += 1) pairs.push(await onePair(target, round % 2 === 0));
      return outcome(pairs);
    } finally {
      target.end();
    }
  },
};

/** What the target did meanwhile, a second. */
interface Pace {
  readonly switchesPerSec: number;
  readonly switchNs: number;
}

interface Watched {
  readonly pace: Pace;
  readonly recordsPerSec: number;
  readonly lost: number;
  /** Of one CPU, as keel prints it: from when it watches. */
  readonly ownPct: number;
  /** The same with start and end. */
  readonly wholePct: number;
}

interface Pair {
  readonly alone: Pace;
  readonly watched: Watched;
}

async function onePair(target: PingPong, aloneFirst: boolean): Promise<Pair> {
  if (aloneFirst) return { alone: await pace(target), watched: await watch(target) };
  const watched = await watch(target);
  return { alone: await pace(target), watched };
}

async function watch(target: PingPong): Promise<Watched> {
  const argv = [process.execPath, KEEL, 'late', `${target.pid}`, '--for', `${WATCH_SEC}s`, '--json'] as const;
  const keel = await startMeasured(argv);
  await waitForPerfEvents(keel.pid);
  const during = await pace(target);
  const { cpuUs, stdout, stderr, status } = await keel.ended;
  if (status !== 0) throw new Error(`keel late ended with ${status}: ${stderr}`);
  const { events, lost, overheadPct, elapsedNs } = JSON.parse(stdout) as Record<string, number>;
  return {
    pace: during,
    recordsPerSec: (events ?? Number.NaN) / ((elapsedNs ?? Number.NaN) / 1e9),
    lost: lost ?? Number.NaN,
    ownPct: overheadPct ?? Number.NaN,
    wholePct: (100 * cpuUs) / (WATCH_SEC * 1e6),
  };
}

async function pace(target: PingPong): Promise<Pace> {
  const before = target.soFar();
  await sleep(LOOK_SEC * 1000);
  return paceBetween(before, target.soFar());
}

function paceBetween(before: PassedSoFar, after: PassedSoFar): Pace {
  const switches = after.switches - before.switches;
  return {
    switchesPerSec: (switches * 1e9) / (after.wallNs - before.wallNs),
    switchNs: (after.cpuNs - before.cpuNs) / switches,
  };
}

function outcome(pairs: readonly Pair[]): Outcome {
  const median = (of: (pair: Pair) => number) => quantile(pairs.map(of), 0.5);
  const aloneNs = median(({ alone }) => alone.switchNs);
  const addedNs = median(({ alone, watched }) => watched.pace.switchNs - alone.switchNs);
  const perSec = median(({ watched }) => watched.pace.switchesPerSec);
  const targetPct = (100 * addedNs * perSec) / 1e9;
  const ownPct = median(({ watched }) => watched.ownPct);
  const wholePct = median(({ watched }) => watched.wholePct);
  const recordsPerSec = median(({ watched }) => watched.recordsPerSec);
  const lost = pairs.reduce((sum, { watched }) => sum + watched.lost, 0);
  return {
    about: [
      `${code(`keel late PID --for ${WATCH_SEC}s`)} on two threads that pass a byte to and fro on one CPU,`,
      `${perSec.toFixed(0)} switches a second: ${pairs.length} pairs of ${LOOK_SEC} s watched and not, taking turns, medians.`,
    ].join('\n'),
    header: ['', 'alone', 'watched', 'more, of one CPU'],
    rows: [
      [
        'CPU time of the target, a switch',
        `${(aloneNs / 1000).toFixed(2)} µs`,
        `${((aloneNs + addedNs) / 1000).toFixed(2)} µs`,
        `${targetPct.toFixed(2)} %`,
      ],
      ['keel, while it watches', '', '', `${ownPct.toFixed(2)} %`],
      ['keel, start and end included', '', '', `${wholePct.toFixed(2)} %`],
      ['records', '', `${recordsPerSec.toFixed(0)} a second, ${lost} lost`, ''],
    ],
    absent: [],
    goals: [
      goal(`the target pays less than ${GOAL_PCT} % of one CPU`, targetPct),
      goal(`keel takes less than ${GOAL_PCT} % while it watches`, ownPct),
    ],
  };
}

function goal(what: string, pct: number): Goal {
  return { what, measured: `${pct.toFixed(2)} %`, isReached: pct < GOAL_PCT };
}
