/**
 * Start-up against peers, as a table in docs/performance.md. `npm run bench -- [rounds]`, after `npm run build`.
 * With --check it writes nothing and exits with 1 where a goal is missed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { code, table } from '../scripts/generate/markdown.ts';
import { type Round, rotated, type Summary, summarize } from './pairs.ts';
import { BASELINE, runs, type Subject, subjects } from './subjects.ts';

const page = join(import.meta.dirname, '../docs/performance.md');
const onlyCheck = process.argv.includes('--check');
const rounds = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 40);

const [loadBefore = 0] = loadavg();
const target = spawn('sleep', ['3600'], { stdio: 'ignore' });
try {
  measure(subjects(target.pid ?? process.pid));
} finally {
  target.kill();
}

function measure(all: readonly Subject[]): void {
  const able = all.filter(runs);
  const absent = all.filter((subject) => !able.includes(subject)).map((subject) => subject.name);
  const measured = Array.from({ length: rounds }, (_, i) => round(rotated(able, i)));
  const summaries = able.map((subject) => summarize(measured, subject.name, BASELINE.name));
  const rows = able.map((subject, i) => row(subject, summaries[i] as Summary));
  const text = [
    `keel ${manifest.version}, Node.js ${process.version}, Linux ${release().split('-')[0]}, ${availableParallelism()} CPUs (${cpus()[0]?.model ?? 'model not known'}),`,
    `load average ${loadBefore.toFixed(1)} at the start, ${rounds} rounds; the ratio to ${code(BASELINE.name)} within a round: median (quartiles).`,
    '',
    table(['command', 'median', `ratio`, 'goal'], rows),
    ...(absent.length > 0
      ? ['', `Not measured, because it did not run here: ${absent.map(code).join(', ')}.`]
      : []),
  ].join('\n');
  console.log(text);
  if (!onlyCheck) insert(text);
  const missed = able.filter(
    (subject, i) => subject.goalRatio !== null && (summaries[i] as Summary).ratio.median > subject.goalRatio,
  );
  for (const { name, goalRatio } of missed)
    console.error(`${name} takes more than ${goalRatio} times ${BASELINE.name}`);
  if (onlyCheck && missed.length > 0) process.exitCode = 1;
}

function round(order: readonly Subject[]): Round {
  return new Map(order.map((subject) => [subject.name, wallMs(subject)]));
}

function wallMs({ argv: [program, ...args] }: Subject): number {
  const began = process.hrtime.bigint();
  spawnSync(program, args, { stdio: 'ignore' });
  return Number(process.hrtime.bigint() - began) / 1e6;
}

function row({ name, goalRatio }: Subject, { medianMs, ratio }: Summary): string[] {
  const spread =
    name === BASELINE.name
      ? '1'
      : `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)})`;
  return [code(name), `${medianMs.toFixed(1)} ms`, spread, goalRatio === null ? '' : `at most ${goalRatio}`];
}

function insert(text: string): void {
  const block = /(<!-- bench -->\n).*(<!-- end of bench -->)/s;
  const whole = readFileSync(page, 'utf8');
  if (!block.test(whole)) throw new Error(`${page} has no block for the table`);
  writeFileSync(
    page,
    whole.replace(block, (_, before, after) => `${before}\n${text}\n\n${after}`),
  );
}
