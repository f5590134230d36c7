import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHost } from '../app/open-host.ts';
import { readTopology } from '../app/read-topology.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { type Maybe, missing } from '../base/missing.ts';
import type { Bench, CpuNoise, NoisePiece, NoiseWatch } from './experiment.ts';
import { turnsOf } from './noise.ts';
import { type NoiseRun, noiseReport } from './reports/noise.ts';

const MACHINES = join(import.meta.dirname, '../../fixtures/machines');
const topology = readTopology(openHost(join(MACHINES, '2s2c2t.keel')).host);
const all = topology.online;
const bench = { topology, cpus: all } as Bench;

describe('turns', () => {
  it('leave a core to everybody else, and miss no CPU', () => {
    const turns = turnsOf(all, all, topology);
    expect(turns).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
  });

  it('are one where a core is free anyway, and one by one where there are two CPUs', () => {
    expect(turnsOf(CpuSet.range(0, 5), all, topology)).toHaveLength(1);
    expect(turnsOf(CpuSet.of(0, 1), CpuSet.of(0, 1), topology)).toEqual([[0], [1]]);
    expect(turnsOf(CpuSet.of(3), CpuSet.of(3), topology)).toEqual([[3]]);
  });

  it('keep few threads busy on a large machine', () => {
    const many = CpuSet.range(0, 255);
    const turns = turnsOf(many, many, topology);
    expect(Math.max(...turns.map((turn) => turn.length))).toBeLessThanOrEqual(16);
    expect(turns.flat()).toEqual(many.ids());
  });
});

const PIECES: readonly NoisePiece[] = [
  { taker: { kind: 'interrupt', name: 'local timer', tid: null }, sinceNs: 1e6, lastedNs: 1e5 },
  { taker: { kind: 'task', name: 'hog', tid: 7 }, sinceNs: 1.1e6, lastedNs: 3e5 },
];

/** 100 ms of which so many microseconds are gone. */
function runOf(cpu: number, goneUs: number, tasksUs: Maybe<number>): NoiseRun {
  const elapsedNs = 100e6;
  const gaps = {
    elapsedNs,
    looks: 1e6,
    gaps: 9,
    goneNs: goneUs * 1e3,
    longestNs: 5e5,
    p50Ns: 4e3,
    p99Ns: 4e5,
    beganNs: 5000n,
    told: Float64Array.of(1e6, 5e5, 2e6, goneUs * 1e3 - 5e5),
  };
  const tasksNs = typeof tasksUs === 'number' ? tasksUs * 1e3 : tasksUs;
  const unknown = missing('denied', 'BPF program cpu-noise', 'grant CAP_BPF');
  const known = typeof tasksUs === 'number';
  const noise: CpuNoise = {
    interruptNs: known ? 100e3 : unknown,
    softirqNs: known ? 50e3 : unknown,
    tasksNs,
    stealNs: 0,
    interrupts: [
      { name: 'Local timer', count: 30 },
      { name: 'virtio0-input.0', count: 7 },
    ],
    pieces: known ? { baseNs: 5000n, pieces: [...PIECES], lost: cpu } : unknown,
  };
  return { cpu, gaps, noise, usage: { wallNs: elapsedNs, cpuNs: elapsedNs, involuntarySwitches: 1 } };
}

const watch = (obtainedBy: 'bpf' | 'proc') =>
  ({
    obtainedBy,
    because: obtainedBy === 'bpf' ? null : missing('denied', 'bpf', 'grant CAP_BPF'),
  }) as NoiseWatch;

describe('the report', () => {
  it('charges what is gone, shows the rest, and names the quiet CPUs', () => {
    const report = noiseReport(
      bench,
      [runOf(0, 2_000, 1_000), runOf(2, 200, 20), runOf(3, 210, 20)],
      watch('bpf'),
    );
    expect(report.verdict.en).toBe('A busy thread loses 0.2 % - 2.0 % of its CPU; the longest gap is 500 µs');
    expect(report.conclusion[0]?.en).toBe('Quietest: CPUs 2-3 (core:1).');
    expect(report.rows[0]).toMatchObject({ cpu: 0, gonePct: 2, goneNs: 2e6, tasksNs: 1e6, restNs: 850_000 });
    expect(report.table?.rows[0]?.at(-1)).toBe('Local timer');
    expect(report.gaps).toEqual([]);
  });

  it('never shows a rest below nothing, where the sources do not agree to the last', () => {
    expect(noiseReport(bench, [runOf(0, 100, 90)], watch('bpf')).rows[0]).toMatchObject({ restNs: 0 });
  });

  it('says what it cannot tell without BPF, and why', () => {
    const report = noiseReport(bench, [runOf(0, 500, missing('absent', 'schedstat'))], watch('proc'));
    expect(report.rows[0]).toMatchObject({ interruptNs: null, tasksNs: null, stealNs: 0 });
    expect(report.gaps.map(({ field, reason }) => [field, reason])).toEqual([
      ['rows[0].interruptNs', 'denied'],
      ['rows[0].softirqNs', 'denied'],
      ['rows[0].tasksNs', 'absent'],
      ['takers[0].causes', 'denied'],
    ]);
    expect(report.conclusion.at(-1)?.en).toContain('cannot be told apart without BPF (grant CAP_BPF)');
  });

  it('names who had the CPU, by cause and in the longest gaps', () => {
    const report = noiseReport(bench, [runOf(0, 800, 300)], watch('bpf'));
    const [causes, longest] = report.details ?? [];
    expect(causes?.rows).toEqual([
      [0, 37.5, 3e5, 1, 3e5, { en: 'hog (TID 7)', ko: 'hog (TID 7)' }],
      [0, 12.5, 1e5, 1, 1e5, { en: 'interrupt local timer', ko: '인터럽트 local timer' }],
      [0, 50, 4e5, null, null, expect.objectContaining({ en: expect.stringContaining('not explained') })],
    ]);
    expect(longest?.rows[0]?.at(-1)).toMatchObject({
      en: 'hog 300 µs, interrupt local timer 100 µs, not explained 100 µs',
    });
    expect(report.warnings).toEqual([]);
    expect(report.parts.takers).toMatchObject([
      { cpu: 0, toldNs: 8e5, unexplainedNs: 4e5, lostRecords: 0, causes: [{ name: 'hog' }, {}] },
    ]);
  });

  it('says how much was lost, and has no names without BPF', () => {
    const lossy = noiseReport(bench, [runOf(2, 800, 300)], watch('bpf'));
    expect(lossy.warnings[0]?.en).toContain('2 records of CPU 2 were lost');
    const blind = noiseReport(bench, [runOf(0, 800, missing('absent', 'schedstat'))], watch('proc'));
    expect(blind.details).toEqual([]);
    expect(blind.gaps.map(({ field }) => field)).toContain('takers[0].causes');
  });

  it('says where no CPU is quieter', () => {
    const report = noiseReport(bench, [runOf(0, 500, 300), runOf(1, 600, 300)], watch('bpf'));
    expect(report.conclusion[0]?.en).toBe('No CPU is much quieter than the others.');
  });
});
