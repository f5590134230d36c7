import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import { cpuReport, type WorkVisit } from './reports/cpu.ts';

const ROUNDS = 12;

/** A step of `ns`, now and then interrupted. */
function reportOf(cpus: number, ns: (cpu: number, round: number) => number) {
  const visits = Array.from({ length: ROUNDS }, (_, round) =>
    Array.from({ length: cpus }, (__, cpu): WorkVisit => {
      const integer = Array.from({ length: 8 }, (___, i) => ns(cpu, round) * (i === 7 ? 30 : 1 + i * 0.001));
      return { cpu, round, atNs: (round * cpus + cpu) * 1e7, integer, floating: integer };
    }),
  ).flat();
  return cpuReport(CpuSet.range(0, cpus - 1), visits, []);
}
const said = (report: ReturnType<typeof reportOf>) => report.conclusion.map(({ en }) => en).join(' ');

describe('the report', () => {
  it('of CPUs that are alike says so, whatever interrupted them', () => {
    const report = reportOf(4, (cpu) => 3 + cpu * 0.01);
    expect(report.verdict.en).toBe('A step takes 3.01 ns with integers, 3.01 ns with floating numbers');
    expect(said(report)).toBe('All CPUs are alike, within 1.0 %. Steady over the whole time.');
    expect(report.rows[0]).toMatchObject({ cpu: 0, work: 'integer', p25Ns: 3.003, samples: 96 });
  });

  it('names the CPUs that are slower', () => {
    expect(said(reportOf(8, (cpu) => (cpu < 6 ? 2 : 3.2)))).toContain(
      'CPUs 6-7 take 1.60 times as long as the others.',
    );
    expect(said(reportOf(4, (cpu) => (cpu === 1 ? 2.5 : 2)))).toContain('CPU 1 takes 1.25 times');
  });

  it('names the CPUs that are not steady', () => {
    const text = said(reportOf(2, (cpu, round) => (cpu === 1 && round > 9 ? 4 : 3)));
    expect(text).toContain('Not steady on CPU 1: some visits were slower by up to 33 %.');
    expect(text).toContain('All CPUs are alike');
  });

  it('has nothing to compare a single CPU with', () => {
    expect(said(reportOf(1, () => 3))).toBe('Steady over the whole time.');
  });
});
