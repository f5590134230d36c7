import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHost } from '../app/open-host.ts';
import { readTopology } from '../app/read-topology.ts';
import { CpuSet } from '../base/cpu-set.ts';
import type { Topology } from '../model/topology.ts';
import { drawOrder, pairsOf } from './c2c.ts';
import type { Bench } from './experiment.ts';
import { c2cReport, type PairRun } from './reports/c2c.ts';

const MACHINES = join(import.meta.dirname, '../../fixtures/machines');
const topologyOf = (machine: string): Topology =>
  readTopology(openHost(join(MACHINES, `${machine}.keel`)).host);

/** Two packages of two cores of two siblings: 0-1 and 2-3 are cores of the first. */
const topology = topologyOf('2s2c2t');
const benchOf = (cpus: CpuSet) => ({ topology, cpus, seed: 7 }) as Bench;

describe('the order of pairs', () => {
  it('is all pairs, every class represented at its beginning', () => {
    const order = drawOrder(benchOf(topology.online));
    expect(order).toHaveLength(28);
    expect(new Set(order.map(({ a, b }) => `${a} ${b}`)).size).toBe(28);
    const { rows } = reportOf(() => 30, order.slice(0, 3));
    expect(new Set(rows.map(({ told }) => told))).toEqual(
      new Set(['smt-siblings', 'same-llc', 'other-package']),
    );
  });

  it('differs from seed to seed', () => {
    const [first, second] = [1, 2_000_003].map((seed) =>
      JSON.stringify(drawOrder({ topology, cpus: topology.online, seed })),
    );
    expect(first).not.toBe(second);
  });
});

function reportOf(ns: (a: number, b: number) => number, pairs = pairsOf(topology.online.ids())) {
  const runs = pairs.map(({ a, b }): PairRun => {
    const low = ns(a, b);
    // Most trips undisturbed, some taken.
    const samples = Array.from({ length: 20 }, (_, i) => (i < 15 ? low + i * 0.01 : low * 50));
    return { a, b, visits: [samples, samples.map((one) => one * 1.02)], usages: [] };
  });
  return c2cReport(benchOf(topology.online), runs, 28, 2);
}

const core = (cpu: number) => Math.floor(cpu / 2);
const socket = (cpu: number) => Math.floor(cpu / 4);
const honest = (a: number, b: number) => (core(a) === core(b) ? 14 : socket(a) === socket(b) ? 29 : 88);

describe('the report', () => {
  it('finds nothing odd in times that fit, whatever others took', () => {
    const report = reportOf(honest);
    expect(report.verdict.en).toBe(
      'One way between CPUs: SMT siblings 14 ns, same LLC 29 ns, other package 88 ns',
    );
    expect(report.parts.contradictions).toEqual([]);
    expect(report.matrix?.ns[0]?.map((value) => (value === null ? null : Math.round(value)))).toEqual([
      null,
      14,
      29,
      29,
      88,
      88,
      88,
      88,
    ]);
  });

  it('says that near and far are the wrong way round', () => {
    const { parts } = reportOf((a, b) => (core(a) === core(b) ? 90 : 30));
    expect(parts.contradictions).toMatchObject([
      expect.stringContaining('"SMT siblings" takes 90 ns, "same LLC" only 30 ns'),
      expect.stringContaining('"SMT siblings" takes 90 ns, "other package" only 30 ns'),
    ]);
  });

  it('says that pairs told alike are two kinds', () => {
    // Told one cache domain in each package; core 1 is really elsewhere.
    const { parts } = reportOf((a, b) => {
      if (socket(a) !== socket(b) || core(a) === core(b)) return honest(a, b);
      return a < 4 ? 29 : 70;
    });
    expect(parts.contradictions).toMatchObject([
      expect.stringContaining('"same LLC" is two kinds of pairs: 4 up to 29 ns and 4 from 70 ns'),
    ]);
  });

  it('says that separate cores are as near as siblings', () => {
    const cpus = CpuSet.of(0, 2);
    const run: PairRun = { a: 0, b: 2, visits: [[9, 9.1, 9.2]], usages: [] };
    const { parts, conclusion } = c2cReport(benchOf(cpus), [run], 1, 1);
    expect(parts.contradictions).toMatchObject([expect.stringContaining('as fast as SMT siblings')]);
    expect(conclusion[0]?.en).toBe('CPUs 0 and 2 are the only pair: there is nothing to compare it with.');
  });

  it('says how many pairs time was left for, and which could not be measured', () => {
    const run: PairRun = { a: 0, b: 2, visits: [[]], usages: [] };
    const report = c2cReport(benchOf(topology.online), [run], 28, 1);
    expect(report.verdict.en).toBe('no pair could be measured');
    expect(report.conclusion[0]?.en).toMatch(/^1 of 28 pairs measured/);
    expect(report.warnings[0]?.en).toMatch(/^1 pair could not be measured/);
    expect(report.rows).toMatchObject([{ cpu: 0, otherCpu: 2, oneWayNs: null, samples: 0 }]);
  });
});
