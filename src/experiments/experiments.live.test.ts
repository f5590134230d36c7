/**
 * The experiments against the same measurements in C (fixtures/programs/bench.c), interleaved. CPUs are shared, so the
 * best of some rounds is compared, and bounds are wide: a wrong kernel is off by factors.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../app/clock.ts';
import { openLiveHost } from '../app/open-host.ts';
import { type ExperimentResult, findExperiment, prepareBench, runExperiment } from '../app/run-experiment.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import { KIB, MIB } from '../base/units.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';

const SOURCE = join(import.meta.dirname, '../../fixtures/programs/bench.c');
const folder = mkdtempSync(join(tmpdir(), 'keel-bench-'));
const PROGRAM = join(folder, 'bench');
const hasCompiler = spawnSync('cc', ['-O2', '-pthread', '-o', PROGRAM, SOURCE]).status === 0;
afterAll(() => rmSync(folder, { recursive: true }));

const host = openLiveHost();
const ROUNDS = 3;

/** With a name of its own: causes are told by name. */
const HOG = "process.title = 'planted-hog'; for (;;);";

interface Takers {
  readonly toldNs: number;
  readonly unexplainedNs: number;
  readonly lostRecords: number;
  readonly causes: readonly { readonly tids: readonly number[]; readonly takenNs: number }[];
}

function inC(...words: readonly (string | number)[]): number[] {
  const { stdout } = spawnSync(PROGRAM, words.map(String), { encoding: 'utf8' });
  return stdout.trim().split(' ').map(Number);
}

async function run(
  name: string,
  over: { cpus?: string; forNs?: number; sizeBytes?: number; pages?: 'small'; signal?: AbortSignal } = {},
): Promise<ExperimentResult> {
  const experiment = await findExperiment(name);
  const request = { cpus: null, forNs: null, sizeBytes: null, pages: 'huge', ...over } as const;
  const signal = over.signal ?? new AbortController().signal;
  return runExperiment(
    host,
    systemClock,
    experiment,
    prepareBench(host, systemClock, experiment, { ...request, signal }),
  );
}

const [first = 0, second] = prepareBench(host, systemClock, await findExperiment('cache'), {
  cpus: 'allowed',
  forNs: null,
  sizeBytes: null,
  pages: 'small',
  signal: new AbortController().signal,
}).cpus.ids();

describe('cache', () => {
  it.skipIf(!hasCompiler)(
    'takes as long a load as C, from L1 to beyond the caches (skips without cc)',
    async () => {
      const sizes = [16 * KIB, 256 * KIB, 64 * MIB];
      const ours = new Map<number, number>();
      const theirs = new Map<number, number>();
      const keepLeast = (map: Map<number, number>, bytes: number, ns: number) =>
        map.set(bytes, Math.min(map.get(bytes) ?? Number.POSITIVE_INFINITY, ns));
      for (let round = 0; round < ROUNDS; round += 1) {
        const { report } = await run('cache', { cpus: `${first}`, sizeBytes: 64 * MIB });
        for (const bytes of sizes) {
          const row = report.rows.find(({ sizeBytes }) => sizeBytes === bytes);
          keepLeast(ours, bytes, Number(row?.p25Ns));
          keepLeast(theirs, bytes, inC('chase', first, bytes, 'huge')[0] ?? Number.NaN);
        }
      }
      for (const bytes of sizes) {
        const factor = (ours.get(bytes) ?? 0) / (theirs.get(bytes) ?? 0);
        expect(factor, `${bytes} bytes`).toBeGreaterThan(0.7);
        expect(factor, `${bytes} bytes`).toBeLessThan(1.4);
      }
    },
  );

  it('gets slower with size, in memory of the node it says, in the pages it says', async () => {
    const { report, conditions } = await run('cache', { cpus: `${first}`, sizeBytes: 32 * MIB });
    const ns = (bytes: number) => Number(report.rows.find(({ sizeBytes }) => sizeBytes === bytes)?.p25Ns);
    expect(ns(32 * MIB)).toBeGreaterThan(2 * ns(16 * KIB));
    expect(report.rows.every(({ cpu }) => cpu === first)).toBe(true);
    expect(report.backings).toHaveLength(1);
    expect(conditions.hugePct).toBeGreaterThanOrEqual(0);
    const [backing] = report.backings;
    expect(backing?.nodes === null || backing?.nodes.length === 1).toBe(true);
  });

  it('gets no huge pages where none are wanted', async () => {
    const { conditions } = await run('cache', { cpus: `${first}`, sizeBytes: 8 * MIB, pages: 'small' });
    expect(conditions.hugePct).toBeLessThan(1);
  });

  it('stops in the middle when it is interrupted', async () => {
    const stop = new AbortController();
    const running = run('cache', { cpus: `${first}`, signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(running).rejects.toThrow(KeelError);
    await expect(running).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });
});

describe.skipIf(second === undefined)('c2c (skips with one CPU)', () => {
  it.skipIf(!hasCompiler)(
    'takes as long one way as C, in the calmest round (skips without cc)',
    async (context) => {
      let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let round = 0; round < ROUNDS; round += 1) {
        const { report } = await run('c2c', { cpus: `${first},${second}` });
        expect(report.rows).toHaveLength(1);
        const oneWayNs = report.rows[0]?.oneWayNs ?? null;
        if (oneWayNs === null) context.skip('others had the two CPUs all the time');
        ours = Math.min(ours, Number(oneWayNs));
        theirs = Math.min(theirs, inC('c2c', first, second ?? first)[0] ?? Number.NaN);
      }
      expect(ours / theirs).toBeGreaterThan(0.6);
      expect(ours / theirs).toBeLessThan(1.6);
    },
  );
});

describe('memory', () => {
  it.skipIf(!hasCompiler)('moves as much a second as C (skips without cc)', async () => {
    const most = new Map<string, number>();
    const keepMost = (name: string, rate: number) => most.set(name, Math.max(most.get(name) ?? 0, rate));
    for (let round = 0; round < ROUNDS; round += 1) {
      const { report } = await run('memory', { cpus: `${first}`, sizeBytes: 256 * MIB });
      expect(report.rows.map(({ operation }) => operation)).toEqual(['read', 'write', 'copy']);
      for (const { operation, p75BytesPerSec } of report.rows) {
        keepMost(`keel ${operation}`, Number(p75BytesPerSec));
        keepMost(`C ${operation}`, inC(`${operation}`, first, 256 * MIB, 'huge')[0] ?? Number.NaN);
      }
    }
    for (const operation of ['read', 'write', 'copy']) {
      const factor = (most.get(`keel ${operation}`) ?? 0) / (most.get(`C ${operation}`) ?? 0);
      expect(factor, operation).toBeGreaterThan(0.7);
      expect(factor, operation).toBeLessThan(1.4);
    }
  });
});

describe('cpu', () => {
  it.skipIf(!hasCompiler)('takes as long a step as C (skips without cc)', async () => {
    const { report } = await run('cpu', { cpus: `${first}`, forNs: 1e9 });
    for (const { work, p25Ns } of report.rows) {
      const theirs = Math.min(
        ...Array.from({ length: ROUNDS }, () => inC(`${work}`, first)[0] ?? Number.NaN),
      );
      expect(Number(p25Ns) / theirs, `${work}`).toBeGreaterThan(0.8);
      expect(Number(p25Ns) / theirs, `${work}`).toBeLessThan(1.25);
    }
  });
});

describe('noise', () => {
  it('charges to tasks what a hog on the same CPU takes, about half', async () => {
    const hog = spawn('taskset', ['-c', `${first}`, process.execPath, '-e', 'for (;;);']);
    try {
      const { report } = await run('noise', { cpus: `${first}`, forNs: 1.5e9 });
      const [row] = report.rows;
      const [gone, tasks] = [Number(row?.goneNs), Number(row?.tasksNs)];
      // A hog of the same weight has half, less what others have of both.
      expect(gone / Number(row?.elapsedNs)).toBeGreaterThan(0.35);
      expect(tasks / gone).toBeGreaterThan(0.6);
      expect(tasks / gone).toBeLessThan(1.1);
      expect(Number(row?.longestNs)).toBeGreaterThan(500_000);
      expect(report.parts.obtainedBy === 'bpf' || row?.interruptNs === null).toBe(true);
    } finally {
      hog.kill('SIGKILL');
    }
  });

  it('names the hog, with as much time as the kernel gave it meanwhile', async (context) => {
    const hog = spawn('taskset', ['-c', `${first}`, process.execPath, '-e', HOG]);
    const tid = hog.pid ?? 0;
    try {
      const hogNs = () =>
        Number(orNull(host.read(threadSchedstat, { pid: tid, tid }))?.runTimeNs ?? Number.NaN);
      const [beganNs, before] = [systemClock.monotonicNs(), hogNs()];
      const { report } = await run('noise', { cpus: `${first}`, forNs: 1.5e9 });
      const [ranNs, wallNs] = [hogNs() - before, Number(systemClock.monotonicNs() - beganNs)];
      if (report.parts.obtainedBy !== 'bpf') context.skip('no BPF here');
      const [taken] = report.parts.takers as unknown as readonly Takers[];
      const cause = taken?.causes.find(({ tids }) => tids.includes(tid));
      // Outside of the measurement it can have had all of the CPU; a switch that was not told costs up to a tick.
      const outsideNs = wallNs - Number(report.rows[0]?.elapsedNs);
      expect(cause?.takenNs).toBeLessThan(ranNs * 1.05);
      expect(cause?.takenNs).toBeGreaterThan((ranNs - outsideNs) * 0.9);
      expect(taken?.lostRecords).toBe(0);
      const parts = taken?.causes.reduce((sum, one) => sum + one.takenNs, taken.unexplainedNs) ?? 0;
      expect(Math.abs(parts - (taken?.toldNs ?? 0))).toBeLessThan(100);
      expect(Math.abs((taken?.toldNs ?? 0) - Number(report.rows[0]?.goneNs))).toBeLessThan(100);
    } finally {
      hog.kill('SIGKILL');
    }
  });

  it('charges interrupts where there is BPF', async (context) => {
    const { report } = await run('noise', { cpus: `${first}`, forNs: 500e6 });
    if (report.parts.obtainedBy !== 'bpf') context.skip('no BPF here');
    // The timer alone interrupts a busy CPU 100 to 1000 times a second.
    expect(Number(report.rows[0]?.interruptNs)).toBeGreaterThan(0);
    expect(Number(report.rows[0]?.interruptNs)).toBeLessThan(Number(report.rows[0]?.elapsedNs));
  });
});
