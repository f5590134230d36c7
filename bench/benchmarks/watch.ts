/** What the screen of `keel watch` takes, drawn once a second, beside `top`. */
import { join } from 'node:path';
import { code } from '../../scripts/generate/markdown.ts';
import { playInTerminal } from '../../test/live/in-terminal.ts';
import type { Benchmark, Outcome } from '../benchmark.ts';
import { withBusyNode } from '../busy-node.ts';
import { isInstalled, noRunner } from '../measured-program.ts';
import { quantile } from '../pairs.ts';

const KEEL = join(import.meta.dirname, '../../dist/keel.js');
/** What both take to start is in neither's difference. */
const [SHORT_SEC, LONG_SEC] = [2, 7];
const GOAL_PCT = 1.5;

export const watch: Benchmark = {
  name: 'watch',
  rounds: 3,
  obstacle: noRunner,
  run: (rounds) =>
    withBusyNode(async (pid) => {
      const able = subjects(pid).filter(({ program }) => isInstalled(program));
      const shares = able.map((): number[] => []);
      // One after the other: they draw in the same second, and would hold up each other.
      for (let round = 0; round < rounds; round += 1)
        for (const [i, subject] of able.entries()) shares[i]?.push(await sharePct(subject));
      return outcome(able, shares);
    }),
};

interface Subject {
  readonly name: string;
  readonly program: string;
  /** By itself. */
  readonly leaves: boolean;
  readonly argv: (seconds: number) => readonly string[];
}

function subjects(pid: number): readonly Subject[] {
  const node = process.execPath;
  const keel = (...options: string[]): Subject => ({
    name: ['keel watch PID', ...options].join(' '),
    program: node,
    leaves: false,
    argv: (seconds) => [node, KEEL, 'watch', `${pid}`, ...options, '--for', `${seconds}s`],
  });
  const top = ['top', '-H', '-d', '1', '-p', `${pid}`];
  return [
    keel('--counts'),
    keel(),
    {
      name: 'top -H -d 1 -p PID',
      program: 'top',
      leaves: true,
      argv: (seconds) => [...top, '-n', `${seconds}`],
    },
  ];
}

const LEAVING = [{ until: ' ended  [0-9]' }, { type: 'q' }];

/** Of one CPU. keel stays on the screen when its time is over, and is told to leave. */
async function sharePct({ argv, leaves }: Subject): Promise<number> {
  const terminal = { columns: 100, rows: 30, steps: leaves ? [] : LEAVING };
  const runs = [SHORT_SEC, LONG_SEC].map((sec) => playInTerminal({ ...terminal, argv: argv(sec) }));
  const [short, long] = await Promise.all(runs);
  return (
    (((long?.cpuUs ?? Number.NaN) - (short?.cpuUs ?? Number.NaN)) / ((LONG_SEC - SHORT_SEC) * 1e6)) * 100
  );
}

function outcome(able: readonly Subject[], shares: readonly (readonly number[])[]): Outcome {
  const median = (i: number) => quantile(shares[i] ?? [], 0.5);
  return {
    about: [
      `CPU time, user and system, of a screen of 100 by 30 once a second, in % of one CPU: a run of ${LONG_SEC} s less one of`,
      `${SHORT_SEC} s, ${shares[0]?.length ?? 0} of each, taking turns, medians.`,
    ].join('\n'),
    header: ['command', 'of one CPU'],
    rows: able.map(({ name }, i) => [code(name), `${median(i).toFixed(2)} %`]),
    absent: isInstalled('top') ? [] : ['top'],
    goals: able.slice(0, 2).map(({ name }, i) => ({
      what: `${code(name)} below ${GOAL_PCT} % of one CPU`,
      measured: `${median(i).toFixed(2)} %`,
      isReached: median(i) < GOAL_PCT,
    })),
  };
}
