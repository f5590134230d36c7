import { describe, expect, it } from 'vitest';
import { KIB, MIB } from '../base/units.ts';
import { METHODS, type Method, type MethodSamples, prefaultReport } from './reports/prefault.ts';

const phase = (ms: number, minorFaults: number) => ({ ns: ms * 1e6, wallNs: 0, minorFaults, majorFaults: 0 });

const done = (setUpMs: number, setUpFaults: number, workMs: number, workFaults: number): MethodSamples => ({
  done: [{ setUp: phase(setUpMs, setUpFaults), firstWork: phase(workMs, workFaults) }],
  failed: null,
});
const refused = (call: string, errnoName: string): MethodSamples => ({
  done: [],
  failed: { call, errnoName },
});

const MEASURED: Readonly<Record<Method, MethodSamples>> = {
  none: done(0, 0, 72, 32_768),
  touchWrite: done(66, 32_768, 9, 0),
  touchRead: done(24, 32_768, 79, 32_768),
  mapPopulate: done(44, 32_768, 8.2, 0),
  populateWrite: done(45, 32_768, 8.1, 0),
  populateRead: done(5, 32_768, 79, 32_768),
  willneed: done(0.1, 0, 72, 32_768),
  mlock: refused('mlock', 'ENOMEM'),
  huge: done(0, 0, 64, 64),
  hugePopulate: done(30, 64, 8.3, 0),
  hugetlb: refused('mmap', 'ENOMEM'),
};

function reportOf(over: Partial<Record<Method, MethodSamples>> = {}, limitBytes: number | null = 64 * KIB) {
  const usage = { wallNs: 1, cpuNs: 1, involuntarySwitches: 0 };
  const samples = { ...MEASURED, ...over };
  return prefaultReport(
    [{ cpu: 0, usage, bytes: 128 * MIB, pageBytes: 4096, rounds: 1, samples }],
    limitBytes,
  );
}

describe('the report', () => {
  it('names what the first work takes, and the least it can take', () => {
    expect(reportOf().verdict.en).toBe(
      'The first work over 128 MiB takes 72 ms and 32,768 faults; brought in before, 8.10 ms and none',
    );
  });

  it('says which ways are of no use to writing, where the cost goes, and what a huge page holds up', () => {
    expect(reportOf().conclusion.map(({ en }) => en)).toEqual([
      "No help to work that writes: touch by reading, MADV_POPULATE_READ, MADV_WILLNEED. Reading maps the kernel's page of zeros; each first write faults all the same.",
      'Prefaulting moves the cost to the set-up; the two together: 72 ms -> 53.1 ms by MADV_POPULATE_WRITE (26.2 % less).',
      'Huge pages: 64 faults in place of 32,768, 64 ms in place of 72 ms; but each of them, with the work on its page, holds the thread for 1 ms.',
    ]);
  });

  it('reports what the kernel refused with its reason, and not as nothing', () => {
    const report = reportOf();
    expect(report.rows.find(({ method }) => method === 'mlock')).toMatchObject({
      setUpNs: null,
      setUpFaults: null,
      firstWorkNs: null,
      bothNs: null,
      samples: 0,
      refused: 'mlock: ENOMEM',
    });
    expect(report.warnings.map(({ en }) => en)).toEqual([
      'mlock: RLIMIT_MEMLOCK allows 64 KiB, and 128 MiB were to be locked: ulimit -l 131072, LimitMEMLOCK= in the unit, or CAP_IPC_LOCK',
      'MAP_HUGETLB: fewer than 64 huge pages are reserved; as root: sysctl vm.nr_hugepages=64',
    ]);
    expect(report.gaps.map(({ field }) => field)).toEqual(['rows of method mlock', 'rows of method hugetlb']);
  });

  it('does not blame the limit where there is none', () => {
    expect(reportOf({}, null).warnings[0]?.en).toBe('mlock: refused, mlock: ENOMEM');
  });

  it('knows an old kernel by what it does not know', () => {
    const old = refused('madvise', 'EINVAL');
    const report = reportOf({ populateWrite: old, populateRead: old, huge: old, hugePopulate: old });
    expect(report.warnings.map(({ en }) => en)).toContain(
      'MADV_POPULATE_WRITE: this kernel does not know it (Linux 5.14)',
    );
    expect(report.warnings.map(({ en }) => en)).toContain(
      'MADV_HUGEPAGE: this kernel has no huge pages of 2 MiB',
    );
    expect(report.conclusion.map(({ en }) => en).join(' ')).toContain('by touch by writing');
  });

  it('says so where huge pages were asked for and none were given', () => {
    const report = reportOf({ huge: done(0, 0, 72, 32_768) });
    expect(report.conclusion.at(-1)?.en).toContain('none were given');
  });

  it('has a row and a bar for each way, in one order', () => {
    const report = reportOf();
    expect(report.rows.map(({ method }) => method)).toEqual(METHODS);
    expect(report.chart?.kind === 'stacks' && report.chart.bars.map(({ values }) => values)).toHaveLength(
      METHODS.length,
    );
  });
});
