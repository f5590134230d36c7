/** What it costs a program to have its page faults watched, and what it costs the watcher. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { code } from '../../scripts/generate/markdown.ts';
import type { Benchmark, Goal, Outcome } from '../benchmark.ts';
import { FAULT_OBSERVERS, type FaultObserver, isPerfInstalled } from '../fault-observers.ts';
import { noRunner } from '../measured-program.ts';
import { rotated, summarize } from '../pairs.ts';
import { Toucher } from '../toucher.ts';
import { touchWatched } from '../watched-touches.ts';

/** 393,216 faults of 4 KiB: so many that the start of a watcher, which varies by milliseconds, is little beside them. */
const TOUCHES = { mebibytes: 1536, perSec: 0 };
const NOTHING = { mebibytes: 0, perSec: 0 };
const ALONE = 'alone';

const { stat, record, recordStacks, perfStat, perfRecord, perfRecordStacks } = FAULT_OBSERVERS;

export const faultsOverhead: Benchmark = {
  name: 'faults-overhead',
  rounds: 7,
  obstacle: noRunner,
  async run(rounds) {
    const ours = [stat, record, recordStacks];
    const peers = [perfStat, perfRecord, perfRecordStacks];
    const able: readonly FaultObserver[] = isPerfInstalled() ? [...ours, ...peers] : ours;
    const measured = await measureRounds(able, rounds);
    const absent = isPerfInstalled() ? [] : peers.map(({ name }) => name);
    return outcome(able, measured, absent);
  },
};

/** By the name of the observer, or `alone`. */
interface Round {
  /** CPU time of the program for each fault. */
  readonly targetNs: Map<string, number>;
  /** CPU time of the observer for each fault, above what it takes to watch nothing. */
  readonly observerNs: Map<string, number>;
  /** The same of a summary afterwards. */
  readonly summaryNs: Map<string, number>;
  /** Of the faults of the program, those that the observer saw. */
  readonly seenPct: Map<string, number>;
}

async function measureRounds(able: readonly FaultObserver[], rounds: number): Promise<readonly Round[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keel-bench-'));
  const toucher = await Toucher.start();
  try {
    const measured: Round[] = [];
    for (let i = 0; i < rounds; i += 1)
      measured.push(await measureRound(toucher, rotated([null, ...able], i), folder));
    return measured;
  } finally {
    toucher.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param order null: nobody watches */
async function measureRound(
  toucher: Toucher,
  order: readonly (FaultObserver | null)[],
  folder: string,
): Promise<Round> {
  const round: Round = {
    targetNs: new Map(),
    observerNs: new Map(),
    summaryNs: new Map(),
    seenPct: new Map(),
  };
  for (const observer of order) {
    if (observer === null) {
      const { cpuNs, faults } = await toucher.touch(TOUCHES.mebibytes, TOUCHES.perSec);
      round.targetNs.set(ALONE, cpuNs / faults);
      continue;
    }
    const options = { folder, summarizes: true };
    const idle = await touchWatched(toucher, observer, NOTHING, options);
    const watched = await touchWatched(toucher, observer, TOUCHES, options);
    const { touched, kernelFaults, seen } = watched;
    const perFaultNs = (of: 'observerCpuUs' | 'summaryCpuUs') =>
      (1000 * (watched[of] - idle[of])) / kernelFaults;
    round.targetNs.set(observer.name, touched.cpuNs / touched.faults);
    round.observerNs.set(observer.name, perFaultNs('observerCpuUs'));
    round.summaryNs.set(observer.name, perFaultNs('summaryCpuUs'));
    round.seenPct.set(observer.name, (100 * seen.faults) / kernelFaults);
  }
  return round;
}

function outcome(
  able: readonly FaultObserver[],
  rounds: readonly Round[],
  absent: readonly string[],
): Outcome {
  const targets = rounds.map((round) => round.targetNs);
  const alone = summarize(targets, ALONE, ALONE);
  const faults = (TOUCHES.mebibytes * 256).toLocaleString('en');
  return {
    about: [
      `CPU time for each of ${faults} first touches of 4 KiB, as fast as one thread can, ${rounds.length} rounds, medians.`,
      'The ratio is to the program alone within a round (quartiles). The CPU of the watcher is user and system time above',
      `what it takes to watch nothing: while it watches, and for a summary afterwards, which for ${code('perf record')} is ${code('perf report')}.`,
    ].join('\n'),
    header: [
      'watched by',
      'the program, a fault',
      'ratio',
      'the watcher, a fault',
      'a summary, a fault',
      'seen',
    ],
    rows: [[ALONE, ns(alone.median), '1', '', '', ''], ...able.map((observer) => row(observer, rounds))],
    absent,
    goals: absent.length > 0 ? [] : goalsOf(rounds),
  };
}

function row({ name }: FaultObserver, rounds: readonly Round[]): string[] {
  const of = (pick: (round: Round) => Map<string, number>) => summarize(rounds.map(pick), name, name).median;
  const target = summarize(
    rounds.map((round) => round.targetNs),
    name,
    ALONE,
  );
  const { low, median, high } = target.ratio;
  return [
    code(name),
    ns(target.median),
    `${median.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`,
    ns(of((round) => round.observerNs)),
    ns(of((round) => round.summaryNs)),
    `${of((round) => round.seenPct).toFixed(1)} %`,
  ];
}

function goalsOf(rounds: readonly Round[]): Goal[] {
  const compare = (what: string, pick: (round: Round) => Map<string, number>, [ours, peer]: Pair): Goal => {
    const { median } = summarize(rounds.map(pick), ours.name, peer.name).ratio;
    return {
      what: `${what}: ${code(ours.name)} below ${code(peer.name)}`,
      measured: `${median.toFixed(2)} times`,
      isReached: median < 1,
    };
  };
  const pairs: readonly Pair[] = [
    [record, perfRecord],
    [recordStacks, perfRecordStacks],
  ];
  return [
    ...pairs.map((pair) => compare('CPU of the program', (round) => round.targetNs, pair)),
    ...pairs.map((pair) => compare('own CPU', (round) => round.observerNs, pair)),
    ...pairs.map((pair) => compare('own CPU with a summary', wholeNs, pair)),
  ];
}

/** Watching and summary together, by observer. */
function wholeNs({ observerNs, summaryNs }: Round): Map<string, number> {
  return new Map([...observerNs].map(([name, time]) => [name, time + (summaryNs.get(name) ?? 0)]));
}

type Pair = readonly [ours: FaultObserver, peer: FaultObserver];

function ns(value: number): string {
  return `${Math.round(value).toLocaleString('en')} ns`;
}
