/** What it takes to watch one process for a minute at 1 Hz. */
import { join } from 'node:path';
import { code } from '../../scripts/generate/markdown.ts';
import type { Benchmark, Goal, Outcome } from '../benchmark.ts';
import { withBusyNode } from '../busy-node.ts';
import { type Argv, isInstalled, noRunner, runMeasured } from '../measured-program.ts';
import { quantile } from '../pairs.ts';

const KEEL = join(import.meta.dirname, '../../dist/keel.js');
/**
 * Two lengths: what both take to start is in neither's difference. The short one is long enough for the code to have been
 * compiled, for the goal is about hours.
 */
const [SHORT_SEC, LONG_SEC] = [30, 150];
const MINUTES = (LONG_SEC - SHORT_SEC) / 60;
/** What keel may take more than pidstat, for each minute. */
const ALLOWANCE_MS = 50;

export const monitor: Benchmark = {
  name: 'monitor',
  rounds: 3,
  obstacle: noRunner,
  run: (rounds) =>
    withBusyNode(async (pid) => {
      const able = subjects(pid).filter(({ program }) => isInstalled(program));
      const minutes = await Promise.all(able.map((subject) => minutesOf(subject, rounds)));
      return outcome(able, minutes, rounds);
    }),
};

interface Subject {
  readonly name: string;
  readonly program: string;
  readonly argv: (seconds: number) => Argv;
}

function subjects(pid: number): readonly [Subject, ...Subject[]] {
  const node = process.execPath;
  const keel = (...options: string[]): Subject => ({
    name: ['keel monitor PID', ...options].join(' '),
    program: node,
    argv: (seconds) => [node, KEEL, 'monitor', `${pid}`, ...options, '--for', `${seconds}s`, '--every', '1s'],
  });
  return [
    keel(),
    keel('--threads'),
    {
      name: 'pidstat -r -u -w -t -p PID 1',
      program: 'pidstat',
      argv: (seconds) => ['pidstat', '-r', '-u', '-w', '-t', '-p', `${pid}`, '1', `${seconds}`],
    },
  ];
}

interface Minute {
  /** CPU time of the minute. */
  readonly cpuMs: number;
  /** Of the short run, most of which is its start. */
  readonly shortMs: number;
}

/** All at once: they sleep most of the time, and what disturbs one disturbs all. */
async function minutesOf({ argv }: Subject, rounds: number): Promise<readonly Minute[]> {
  return Promise.all(
    Array.from({ length: rounds }, async () => {
      const [short, long] = await Promise.all([SHORT_SEC, LONG_SEC].map((sec) => runMeasured(argv(sec))));
      const [shortUs = Number.NaN, longUs = Number.NaN] = [short?.cpuUs, long?.cpuUs];
      return { cpuMs: (longUs - shortUs) / 1000 / MINUTES, shortMs: shortUs / 1000 };
    }),
  );
}

function outcome(able: readonly Subject[], minutes: readonly (readonly Minute[])[], rounds: number): Outcome {
  const median = (i: number, pick: (minute: Minute) => number) => quantile((minutes[i] ?? []).map(pick), 0.5);
  const names = able.map(({ name }) => name);
  const [ours, peer] = [0, names.findIndex((name) => name.startsWith('pidstat'))];
  return {
    about: [
      `CPU time, user and system, for a minute at 1 Hz on a process with the threads of Node.js: a run of ${LONG_SEC} s less one of`,
      `${SHORT_SEC} s, for each of the ${MINUTES} minutes between them; ${rounds} of each at the same time, medians.`,
    ].join('\n'),
    header: ['command', 'a minute', `start and the first ${SHORT_SEC} s`],
    rows: names.map((name, i) => [
      code(name),
      `${median(i, ({ cpuMs }) => cpuMs).toFixed(0)} ms`,
      `${median(i, ({ shortMs }) => shortMs).toFixed(0)} ms`,
    ]),
    absent: peer < 0 ? ['pidstat'] : [],
    goals:
      peer < 0
        ? []
        : [
            goal(
              median(ours, ({ cpuMs }) => cpuMs),
              median(peer, ({ cpuMs }) => cpuMs),
            ),
          ],
  };
}

function goal(oursMs: number, peerMs: number): Goal {
  return {
    what: `${code('keel monitor')} less than ${code('pidstat')} and ${ALLOWANCE_MS} ms a minute`,
    measured: `${oursMs.toFixed(0)} ms against ${peerMs.toFixed(0)} ms`,
    isReached: oursMs < peerMs + ALLOWANCE_MS,
  };
}
