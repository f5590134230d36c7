/** What it takes to explain page faults, to add them up, to write them, and to report a recording of millions. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { code } from '../../scripts/generate/markdown.ts';
import { FaultExplainer } from '../../src/app/explain-faults.ts';
import { FaultFile } from '../../src/app/fault-file.ts';
import { FaultCollector } from '../../src/model/faults/collector.ts';
import { FaultBatch } from '../../src/model/faults/fault-batch.ts';
import { placesOnly } from '../../src/model/stacks/names.ts';
import { ServedFaults } from '../../src/perf/served-faults.ts';
import type { Benchmark, Goal, Outcome } from '../benchmark.ts';
import { appendRow, MadeFaults, madeMachine } from '../made-faults.ts';
import { noRunner, runMeasured } from '../measured-program.ts';
import { quantile } from '../pairs.ts';

const KEEL = join(import.meta.dirname, '../../dist/keel.js');
/** So many that they do not fit the caches, and that a pass takes long enough to be measured. */
const PASS_FAULTS = 200_000;
/** Two files: what grows with the number of faults is in their difference. */
const [FEW, MANY] = [1_000_000, 10_000_000];
const STEPS = ['explained', 'and added up', 'and written'] as const;
type Step = (typeof STEPS)[number];

export const faultsSummary: Benchmark = {
  name: 'faults-summary',
  rounds: 5,
  obstacle: noRunner,
  async run(rounds) {
    const folder = mkdtempSync(join(tmpdir(), 'keel-bench-'));
    try {
      const passes = measurePasses(rounds, join(folder, 'pass.faults'));
      const reports = [];
      for (const faults of [FEW, MANY]) reports.push(await measureReport(faults, rounds, folder));
      return outcome(passes, reports, rounds);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** CPU time of a fault in each round. */
type Passes = ReadonlyMap<Step, readonly number[]>;

function measurePasses(rounds: number, path: string): Passes {
  const made = new MadeFaults(true);
  const faults = new ServedFaults();
  for (let i = 0; i < PASS_FAULTS; i += 1) appendRow(faults, made.next());
  const measured = new Map<Step, number[]>(STEPS.map((step) => [step, []]));
  // The first round is until what runs is compiled.
  for (let round = 0; round <= rounds; round += 1) {
    for (const step of STEPS) {
      const ns = passNs(faults, step, path);
      if (round > 0) measured.get(step)?.push(ns);
    }
  }
  return measured;
}

function passNs(faults: ServedFaults, step: Step, path: string): number {
  const { collector, file } = openAnalysis(step === 'and written' ? path : null);
  const explainer = new FaultExplainer(madeMachine(), collector.tables, null);
  const before = process.cpuUsage();
  if (step === 'explained') explainOnly(explainer, faults);
  else explainAll(explainer, faults, collector);
  const { user, system } = process.cpuUsage(before);
  file?.close();
  return (1000 * (user + system)) / faults.length;
}

function explainOnly(explainer: FaultExplainer, faults: ServedFaults): void {
  const batch = new FaultBatch();
  for (let row = 0; row < faults.length; row += 1) {
    if (batch.isFull) batch.clear();
    explainer.explainInto(batch, faults, row);
  }
}

/** As recordings are replayed. */
function explainAll(explainer: FaultExplainer, faults: ServedFaults, collector: FaultCollector): void {
  for (let row = 0; row < faults.length; row += 1) explainer.explainInto(collector.roomForOne(), faults, row);
  collector.flush();
}

function openAnalysis(path: string | null) {
  let file: FaultFile | null = null;
  const collector = new FaultCollector((batch) => file?.addBatch(batch));
  if (path !== null) {
    file = new FaultFile(path, true, collector.tables);
    file.begin({ startedUnixMs: 0, release: null, arch: null, callchains: true, obtainedBy: 'bpf' });
  }
  return { collector, file };
}

interface Report {
  readonly faults: number;
  readonly fileBytes: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

async function measureReport(faults: number, rounds: number, folder: string): Promise<Report> {
  const path = join(folder, `${faults}.faults`);
  writeRecording(path, faults);
  const runs = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const run = await runMeasured([process.execPath, KEEL, 'faults', 'report', path]);
    if (run.status !== 0) throw new Error(`keel faults report ended with ${run.status}: ${run.stderr}`);
    runs.push({ ...run, wallMs: performance.now() - began });
  }
  const median = (values: readonly number[]) => quantile(values, 0.5);
  return {
    faults,
    fileBytes: statSync(path).size,
    wallMs: median(runs.map((run) => run.wallMs)),
    cpuMs: median(runs.map((run) => run.cpuUs / 1000)),
    peakBytes: median(runs.map((run) => run.peakBytes)),
  };
}

function writeRecording(path: string, faults: number): void {
  const { collector, file } = openAnalysis(path);
  const explainer = new FaultExplainer(madeMachine(), collector.tables, null);
  const made = new MadeFaults(true);
  const row = new ServedFaults();
  for (let i = 0; i < faults; i += 1) {
    row.clear();
    appendRow(row, made.next());
    explainer.explainInto(collector.roomForOne(), row, 0);
  }
  const { frames, stacks } = collector.tables;
  const summary = collector.summary();
  const { minor, major } = summary.total;
  file?.finish({
    elapsedNs: 20e9,
    counted: { entry: BigInt(faults), minor: BigInt(minor), major: BigInt(major) },
    lost: 0,
    unpaired: 0,
    addressMismatches: 0,
    userOnly: false,
    callchains: true,
    obtainedBy: 'bpf',
    withoutNodes: null,
    ownCpuNs: 0,
    program: null,
    summary,
    stacks,
    weights: collector.weights(),
    names: placesOnly(frames),
    unread: [],
    builds: [],
    cut: false,
    damaged: false,
  });
  file?.close();
}

function outcome(passes: Passes, reports: readonly Report[], rounds: number): Outcome {
  const ns = (step: Step) => quantile(passes.get(step) ?? [], 0.5);
  const [few, many] = reports as [Report, Report];
  return {
    about: [
      `Made faults with stacks of 12 frames: six processes of four threads and fifty mappings, all causes; ${rounds} rounds, medians.`,
      `First CPU time of ${PASS_FAULTS.toLocaleString('en')} faults, row by row, for each; then ${code('keel faults report')} of files, its start included.`,
    ].join('\n'),
    header: ['what', 'a fault', 'all', 'CPU', 'peak memory', 'file'],
    rows: [
      ...STEPS.map((step) => [step, `${Math.round(ns(step))} ns`, '', '', '', '']),
      ...reports.map(reportRow),
    ],
    absent: [],
    goals: goalsOf(ns, few, many),
  };
}

const MB = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

function reportRow({ faults, wallMs, cpuMs, peakBytes, fileBytes }: Report): string[] {
  return [
    `report of ${faults / 1e6} million`,
    `${Math.round((1e6 * cpuMs) / faults)} ns`,
    `${(wallMs / 1000).toFixed(2)} s`,
    `${(cpuMs / 1000).toFixed(2)} s`,
    MB(peakBytes),
    MB(fileBytes),
  ];
}

/** What the heap of a program varies by from run to run. */
const HEAP_BYTES = 40e6;

function goalsOf(ns: (step: Step) => number, few: Report, many: Report): Goal[] {
  const [explained, written] = [ns('and added up'), ns('and written') - ns('and added up')];
  const grown = many.peakBytes - few.peakBytes;
  return [
    {
      what: 'explained and added up in at most 500 ns',
      measured: `${Math.round(explained)} ns`,
      isReached: explained <= 500,
    },
    {
      what: 'written in at most 200 ns more',
      measured: `${Math.round(written)} ns`,
      isReached: written <= 200,
    },
    {
      what: `${code('keel faults report')} of 10 million within 5 s of CPU`,
      measured: `${(many.cpuMs / 1000).toFixed(2)} s`,
      isReached: many.cpuMs <= 5000,
    },
    {
      what: 'nine million faults more take no memory but the bits of their pages (40 MB)',
      measured: MB(grown),
      isReached: grown <= HEAP_BYTES,
    },
  ];
}
