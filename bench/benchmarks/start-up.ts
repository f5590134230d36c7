/** What it takes to start a command, against what people use today. */
import { spawn, spawnSync } from 'node:child_process';
import { code } from '../../scripts/generate/markdown.ts';
import type { Benchmark, Goal, Outcome } from '../benchmark.ts';
import { type Round, rotated, type Summary, summarize } from '../pairs.ts';
import { BASELINE, runs, type Subject, subjects } from './start-up-subjects.ts';

export const startUp: Benchmark = {
  name: 'start-up',
  rounds: 40,
  obstacle: () => null,
  async run(rounds) {
    const target = spawn('sleep', ['3600'], { stdio: 'ignore' });
    try {
      return measure(subjects(target.pid ?? process.pid), rounds);
    } finally {
      target.kill();
    }
  },
};

function measure(all: readonly Subject[], rounds: number): Outcome {
  const able = all.filter(runs);
  const measured = Array.from({ length: rounds }, (_, i) => round(rotated(able, i)));
  const summaries = able.map((subject) => summarize(measured, subject.name, BASELINE.name));
  return {
    about: `Wall time, ${rounds} rounds; the ratio to ${code(BASELINE.name)} within a round: median (quartiles).`,
    header: ['command', 'median', 'ratio'],
    rows: summaries.map(row),
    absent: all.filter((subject) => !able.includes(subject)).map((subject) => subject.name),
    goals: able.flatMap((subject, i) => goal(subject, summaries[i] as Summary)),
  };
}

function round(order: readonly Subject[]): Round {
  return new Map(order.map((subject) => [subject.name, wallMs(subject)]));
}

function wallMs({ argv: [program, ...args] }: Subject): number {
  const began = process.hrtime.bigint();
  spawnSync(program, args, { stdio: 'ignore' });
  return Number(process.hrtime.bigint() - began) / 1e6;
}

function row({ name, median, ratio }: Summary): string[] {
  const spread =
    name === BASELINE.name
      ? '1'
      : `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)})`;
  return [code(name), `${median.toFixed(1)} ms`, spread];
}

function goal({ name, goalRatio }: Subject, { ratio }: Summary): Goal[] {
  if (goalRatio === null) return [];
  const what = `${code(name)} within ${goalRatio} times ${code(BASELINE.name)}`;
  return [{ what, measured: ratio.median.toFixed(2), isReached: ratio.median <= goalRatio }];
}
