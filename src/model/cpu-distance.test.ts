import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHost } from '../app/open-host.ts';
import { readTopology } from '../app/read-topology.ts';
import { cpuDistance } from './cpu-distance.ts';
import type { CpuTopology } from './topology.ts';

const MACHINES = join(import.meta.dirname, '../../fixtures/machines');

function cpusOf(machine: string): (cpu: number) => CpuTopology {
  const { cpus } = readTopology(openHost(join(MACHINES, `${machine}.keel`)).host);
  return (cpu) => cpus.find((one) => one.cpu === cpu) as CpuTopology;
}

describe('two CPUs', () => {
  it.each([
    // Siblings side by side, and siblings far apart in number.
    ['2s2c2t', 0, 1, 'smt-siblings'],
    ['2s2c2t', 0, 2, 'same-llc'],
    ['2s2c2t', 0, 4, 'other-package'],
    ['2s2c2t-apart', 0, 4, 'smt-siblings'],
    ['2s2c2t-apart', 0, 1, 'same-llc'],
    ['2s2c2t-apart', 0, 2, 'other-package'],
    ['sub-numa', 0, 2, 'same-llc'],
    ['sub-numa', 0, 4, 'other-node'],
  ] as const)('of %s, %i and %i, are %s', (machine, a, b, expected) => {
    const cpu = cpusOf(machine);
    expect(cpuDistance(cpu(a), cpu(b))).toBe(expected);
    expect(cpuDistance(cpu(b), cpu(a))).toBe(expected);
  });
});
