/**
 * Runs benchmarks and writes their blocks of docs/performance.md, after `npm run build`:
 * `npm run bench -- [name...] [rounds]`. With --check it writes nothing and exits with 1 where a goal is missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import type { Benchmark, Outcome } from './benchmark.ts';
import { benchmarks } from './benchmarks/index.ts';
import { renderOutcome, withBlock } from './page.ts';

const PAGE = join(import.meta.dirname, '../docs/performance.md');
const words = process.argv.slice(2);
const onlyCheck = words.includes('--check');
const rounds = words.find((word) => /^\d+$/.test(word));
const names = words.filter((word) => word !== '--check' && word !== rounds);
const unknown = names.filter((name) => benchmarks.every((one) => one.name !== name));

if (unknown.length > 0) {
  console.error(
    `no benchmark ${unknown.join(', ')}; there are ${benchmarks.map((one) => one.name).join(', ')}`,
  );
  process.exit(2);
}
for (const benchmark of benchmarks)
  if (names.length === 0 || names.includes(benchmark.name)) await measure(benchmark);

async function measure(benchmark: Benchmark): Promise<void> {
  const obstacle = benchmark.obstacle();
  if (obstacle !== null) return console.error(`${benchmark.name}: skipped, ${obstacle}`);
  const [loadBefore = 0] = loadavg();
  try {
    const outcome = await benchmark.run(rounds === undefined ? benchmark.rounds : Number(rounds));
    report(benchmark.name, outcome, loadBefore);
  } catch (error) {
    // What one of them cannot do here, the others may.
    console.error(`${benchmark.name}: failed,`, error);
    process.exitCode = 1;
  }
}

function report(name: string, outcome: Outcome, loadBefore: number): void {
  const conditions = [
    `keel ${manifest.version}, Node.js ${process.version}, Linux ${release().split('-')[0]},`,
    `${availableParallelism()} CPUs (${cpus()[0]?.model ?? 'model not known'}), load average ${loadBefore.toFixed(1)} at the start.`,
  ].join(' ');
  const text = `${renderOutcome(outcome)}\n\n${conditions}`;
  console.log(`${name}\n\n${text}\n`);
  if (!onlyCheck) writeFileSync(PAGE, withBlock(readFileSync(PAGE, 'utf8'), name, text));
  for (const goal of outcome.goals.filter((one) => !one.isReached)) {
    console.error(`${name}: missed: ${goal.what}; measured ${goal.measured}`);
    if (onlyCheck) process.exitCode = 1;
  }
}
