import { describe, expect, it } from 'vitest';
import { MIB } from '../base/units.ts';
import { type AccessRun, accessReport, type PatternSamples } from './reports/access.ts';

const phase = (ms: number, minorFaults: number) => ({
  ns: ms * 1e6,
  wallNs: ms * 2e6,
  minorFaults,
  majorFaults: 0,
});

/** Three rounds, the middle of which counts. */
function samples(coldMs: number, prefaultedMs: number, faults: number): PatternSamples {
  const drift = [1.1, 1, 0.9];
  return {
    cold: drift.map((factor) => phase(coldMs * factor, faults)),
    prefaulted: drift.map((factor) => phase(prefaultedMs * factor, 0)),
  };
}

function runOf(over: Partial<AccessRun['samples']> = {}): AccessRun {
  return {
    cpu: 3,
    usage: { wallNs: 1, cpuNs: 1, involuntarySwitches: 0 },
    bytes: 64 * MIB,
    pageBytes: 4096,
    samples: {
      sequential: samples(42, 10, 16_384),
      random: samples(330, 297, 16_384),
      strided: samples(38, 7, 16_384),
      page: samples(35, 2.24, 16_384),
      ...over,
    },
    backing: { hugeRatio: 0, nodes: [0] },
  };
}

const setting = { pages: 'small', strideBytes: 64, largestCacheBytes: 32 * MIB } as const;
const english = (run: AccessRun, over: Partial<typeof setting> = {}) =>
  accessReport([run], { ...setting, ...over }).conclusion.map(({ en }) => en);

describe('the report', () => {
  it('charges to faults the difference of a round, and to each its share', () => {
    const report = accessReport([runOf()], setting);
    expect(report.verdict.en).toBe(
      'A page fault costs 2 µs here; the first touch of 64 MiB takes 16,384 of them',
    );
    expect(report.rows[0]).toMatchObject({
      cpu: 3,
      pattern: 'sequential',
      accesses: 16_777_216,
      coldNs: 42e6,
      prefaultedNs: 10e6,
      faultCostNs: 32e6,
      faults: 16_384,
      prefaultedFaults: 0,
      samples: 3,
    });
    expect(report.rows[0]?.nsPerFault).toBeCloseTo(1953.125, 2);
    expect(report.rows[2]).toMatchObject({ strideBytes: 64, accesses: 1_048_576 });
    expect(report.warnings).toEqual([]);
  });

  it('says that orders differ by caches, not by faults', () => {
    expect(english(runOf())).toEqual([
      'Every order takes the same 16,384 faults, and they cost the same within ±1.0 ms.',
      'Random order takes 29.7 times as long without any fault: that is caches and address translation. Faults are 10.0 % of it, so bringing pages in before helps by no more.',
      'Of the first pass in order, faults are 76.2 %.',
    ]);
  });

  it('does not call costs alike that lie far apart', () => {
    const [first] = english(runOf({ random: samples(400, 297, 16_384) }));
    expect(first).toContain('cannot be told closer than ±36.0 ms');
  });

  it('says that a wide stride leaves pages out', () => {
    const run = runOf({ strided: samples(18, 2, 8192) });
    expect(english(run, { strideBytes: 8192 as 64 })[0]).toContain('leaves pages out');
  });

  it('warns where prefaulted memory faulted, and where the caches hold it', () => {
    const spoilt = { cold: [phase(10, 5)], prefaulted: [phase(9, 300)] };
    const [first, second] = accessReport([runOf({ page: spoilt })], {
      ...setting,
      largestCacheBytes: 64 * MIB,
    }).warnings;
    expect(first?.en).toContain('memory is short');
    expect(second?.en).toContain('less than twice the largest cache (64 MiB)');
  });

  it('has no price for a fault where there was none', () => {
    const none = samples(9, 9, 0);
    const run = runOf({ sequential: none, random: none, strided: none, page: none });
    const report = accessReport([run], setting);
    expect(report.verdict.en).toBe('No page faults were taken');
    expect(report.rows.map(({ nsPerFault }) => nsPerFault)).toEqual([null, null, null, null]);
  });
});
