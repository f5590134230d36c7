import { describe, expect, it } from 'vitest';
import { GIB, MIB } from '../base/units.ts';
import { type MemoryRun, memoryReport } from './reports/memory.ts';

/** Three chunks of four undisturbed, at so many GB/s. */
function runOf(cpu: number, node: number | null, isLocal: boolean, gigabytes: number): MemoryRun {
  const samples = (rate: number) => Array.from({ length: 20 }, (_, i) => (i % 4 === 0 ? 1 : rate) * 1e9);
  return {
    cpu,
    node,
    isLocal,
    usage: { wallNs: 1, cpuNs: 1, involuntarySwitches: 0 },
    backing: { hugeRatio: 1, nodes: [node ?? 0] },
    bytesPerSec: { read: samples(gigabytes), write: samples(gigabytes / 2), copy: samples(gigabytes * 1.1) },
  };
}

const setting = { areaBytes: 256 * MIB, largestCacheBytes: 32 * MIB, repetitions: 3, gaps: [] };

describe('the report', () => {
  it('says what one CPU moves undisturbed, and how far nodes are apart', () => {
    const report = memoryReport([runOf(0, 0, true, 12), runOf(0, 1, false, 7.5)], setting);
    expect(report.verdict.en).toBe('One CPU: read 12 GB/s, write 6 GB/s, copy 13.2 GB/s');
    expect(report.conclusion.map(({ en }) => en)).toEqual([
      'CPU 0 reads memory of node 1 at 63 % of the rate of its own node 0.',
    ]);
    expect(report.rows).toHaveLength(6);
    expect(report.rows[0]).toEqual({
      cpu: 0,
      node: 0,
      operation: 'read',
      bytesPerSec: 12e9,
      p5BytesPerSec: 1e9,
      p25BytesPerSec: 1e9,
      p75BytesPerSec: 12e9,
      p95BytesPerSec: 12e9,
      samples: 20,
    });
  });

  it('says where the caches hold a part of what was moved', () => {
    const small = memoryReport([runOf(0, null, true, 12)], { ...setting, largestCacheBytes: GIB });
    expect(small.conclusion[0]?.en).toContain('less than twice the largest cache (1 GiB)');
  });

  it('says so where nothing could be measured', () => {
    expect(memoryReport([], setting).verdict.en).toBe('nothing was measured');
  });
});
