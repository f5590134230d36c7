import { describe, expect, it } from 'vitest';
import { applySteps, findMismatches, recordSteps, undoSteps } from '../actions/steps.ts';
import { SimulatedSystem } from '../actions/testing/simulated-system.ts';
import { protectionSteps } from './protect-cgroup.ts';

const MIB = 1n << 20n;
const group = (at: string, mebibytes: number | null) => ({
  at,
  bytes: mebibytes === null ? null : BigInt(mebibytes) * MIB,
});

describe('protectionSteps', () => {
  it('gives every group above as much more, the outermost first', () => {
    const steps = protectionSteps([group('/a.slice', 100), group('/a.slice/b', 10)], 'min', 50n * MIB);
    expect(steps.map(({ setting, at, before, set }) => [setting, at, Number(before), Number(set)])).toEqual([
      ['memoryMin', '/a.slice', 100 * 2 ** 20, 140 * 2 ** 20],
      ['memoryMin', '/a.slice/b', 10 * 2 ** 20, 50 * 2 ** 20],
    ]);
  });

  it.each([
    ['already has as much', [group('/a', 60)]],
    ['has all it uses', [group('/a', null)]],
  ])('leaves a group alone that %s', (_, groups) => {
    expect(protectionSteps(groups, 'low', 50n * MIB)).toEqual([]);
  });

  it('is applied and undone as any setting', () => {
    const { machine } = new SimulatedSystem({ cpus: 1, version: 2, remembers: true });
    machine.files.set('memoryLow /a', '0').set('memoryLow /a/b', String(5n * MIB));
    const steps = recordSteps(machine, protectionSteps([group('/a', 0), group('/a/b', 5)], 'low', 50n * MIB));
    applySteps(machine, steps);
    expect(findMismatches(machine, steps)).toEqual([]);
    expect(machine.files.get('memoryLow /a')).toBe(String(45n * MIB));
    undoSteps(machine, steps, new Set());
    expect([...machine.files].filter(([key]) => key.startsWith('memory'))).toEqual([
      ['memoryLow /a', '0'],
      ['memoryLow /a/b', String(5n * MIB)],
    ]);
  });
});
