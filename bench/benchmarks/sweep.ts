/** What it takes to read every task of a machine with 1000 processes more, once. */
import { join } from 'node:path';
import { code } from '../../scripts/generate/markdown.ts';
import { openLiveHost } from '../../src/app/open-host.ts';
import { openTaskSweeper, type TaskSweeper } from '../../src/app/sweep-tasks.ts';
import { isMissing } from '../../src/base/missing.ts';
import type { SweepSource } from '../../src/model/task-sweep.ts';
import type { Benchmark, Goal, Outcome } from '../benchmark.ts';
import { isInstalled, noRunner, runMeasured } from '../measured-program.ts';
import { type Round, rotated, summarize } from '../pairs.ts';
import { PROCESS_EXPORTER, ProcessExporter } from '../peers/process-exporter.ts';
import { pythonWithPsutil } from '../peers/psutil.ts';
import { withSleepers } from '../sleepers.ts';

const PROCESSES = 1000;
/** Ours go on running: until what is compiled while they run is compiled. */
const WARM_UP_PASSES = { bpf: 500, proc: 20 };
const PASSES = 10;
const BPF = 'sweep by BPF';
const PROC = 'sweep by /proc';
const PIDSTAT = 'pidstat -r -u -w -p ALL';
const PSUTIL = 'psutil script';
const EXPORTER = 'process-exporter, a scrape';

export const sweep: Benchmark = {
  name: 'sweep',
  rounds: 10,
  obstacle: noRunner,
  async run(rounds) {
    const all = subjects();
    const able = all.filter((subject): subject is Able => subject.sweepUs !== null);
    try {
      return await withSleepers(PROCESSES, async () => {
        const tasks = countTasks();
        const measured: Round[] = [];
        for (const { warmUp } of able) warmUp?.();
        for (let i = 0; i < rounds; i += 1) measured.push(await measureRound(rotated(able, i)));
        const absent = all.filter(({ sweepUs }) => sweepUs === null).map(({ name }) => name);
        return outcome(able, measured, absent, tasks);
      });
    } finally {
      for (const { close } of able) close?.();
    }
  },
};

interface Subject {
  readonly name: string;
  /** CPU time of one pass in microseconds; null where it cannot be run here. */
  readonly sweepUs: (() => Promise<number>) | null;
  readonly warmUp?: () => unknown;
  readonly close?: () => void;
}

type Able = Subject & { readonly sweepUs: () => Promise<number> };

function subjects(): readonly Subject[] {
  const python = pythonWithPsutil();
  const script = join(import.meta.dirname, '../peers/psutil-sweep.py');
  const psutil = async () => Number((await runMeasured([python as string, script, `${PASSES}`])).stdout);
  return [
    own(BPF, 'bpf'),
    own(PROC, 'proc'),
    pass(PIDSTAT, 'pidstat', '-r', '-u', '-w', '-p', 'ALL'),
    pass('pidstat -p ALL', 'pidstat', '-p', 'ALL'),
    pass('ps -eLo', 'ps', '-eLo', 'pid,lwp,comm,stat,psr,cls,ni,rtprio,lstart,time,rss,min_flt,maj_flt'),
    { name: PSUTIL, sweepUs: python === null ? null : psutil },
    exporter(),
  ];
}

function exporter(): Subject {
  if (!isInstalled(PROCESS_EXPORTER)) return { name: EXPORTER, sweepUs: null };
  const running = new ProcessExporter();
  return { name: EXPORTER, sweepUs: () => running.scrapeUs(PASSES), close: () => running.close() };
}

function own(name: string, source: SweepSource): Subject {
  const sweeper = openTaskSweeper(openLiveHost(), source);
  if (isMissing(sweeper)) return { name, sweepUs: null };
  return {
    name,
    sweepUs: async () => ownSweepUs(sweeper, PASSES),
    warmUp: () => ownSweepUs(sweeper, WARM_UP_PASSES[source]),
    close: () => sweeper.close(),
  };
}

/** A program that makes one pass and ends. */
function pass(name: string, program: string, ...args: string[]): Subject {
  return {
    name,
    sweepUs: isInstalled(program) ? async () => (await runMeasured([program, ...args])).cpuUs : null,
  };
}

function ownSweepUs(sweeper: TaskSweeper, passes: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < passes; i += 1) sweeper.sweep();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / passes;
}

async function measureRound(order: readonly Able[]): Promise<Round> {
  const round = new Map<string, number>();
  for (const { name, sweepUs } of order) round.set(name, await sweepUs());
  return round;
}

function countTasks(): number {
  const sweeper = openTaskSweeper(openLiveHost(), 'proc');
  return isMissing(sweeper) ? Number.NaN : sweeper.sweep().threads.length;
}

function outcome(
  able: readonly Able[],
  rounds: readonly Round[],
  absent: readonly string[],
  tasks: number,
): Outcome {
  const us = (name: string) => summarize(rounds, name, name).median;
  return {
    about: [
      `CPU time, user and system, of one pass over ${tasks} tasks, ${PROCESSES} of them sleeping processes; ${rounds.length} rounds, medians.`,
      `Ours, after ${WARM_UP_PASSES.bpf} and ${WARM_UP_PASSES.proc} passes, psutil's and process-exporter's are of a program that goes on; ${code('pidstat')} and ${code('ps')} start for each and write text.`,
    ].join('\n'),
    header: ['how', 'a pass', 'a task'],
    rows: able.map(({ name }) => [
      [BPF, PROC, PSUTIL, EXPORTER].includes(name) ? name : code(name),
      `${(us(name) / 1000).toFixed(2)} ms`,
      `${(us(name) / tasks).toFixed(2)} µs`,
    ]),
    absent,
    goals: goalsOf(new Set(able.map(({ name }) => name)), rounds, tasks),
  };
}

function goalsOf(able: ReadonlySet<string>, rounds: readonly Round[], tasks: number): Goal[] {
  const goals: Goal[] = [];
  const us = (name: string) => summarize(rounds, name, name).median;
  const procUs = us(PROC) / tasks;
  if (able.has(BPF)) {
    const what = 'by BPF at most 1 ms';
    goals.push({ what, measured: `${(us(BPF) / 1000).toFixed(2)} ms`, isReached: us(BPF) <= 1000 });
  }
  goals.push({
    what: 'by /proc at most 2 µs a task',
    measured: `${procUs.toFixed(2)} µs`,
    isReached: procUs <= 2,
  });
  for (const peer of [PIDSTAT, PSUTIL, EXPORTER].filter((name) => able.has(name) && able.has(BPF))) {
    const { median } = summarize(rounds, BPF, peer).ratio;
    const what = `by BPF less than a tenth of ${peer === PSUTIL ? peer : code(peer)}`;
    goals.push({ what, measured: median.toFixed(3), isReached: median < 0.1 });
  }
  return goals;
}
