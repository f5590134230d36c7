import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressRange, common, joined, without } from '../../model/address-ranges.ts';
import { memoryLockText } from '../../model/memory-lock.ts';
import {
  applySteps,
  findMismatches,
  findNotRestored,
  findStepConflicts,
  recordSteps,
  undoSteps,
} from '../steps.ts';
import { SimulatedSystem } from '../testing/simulated-system.ts';
import type { MachineStep } from './setting.ts';

const PAGE = 4096;
const pages = (first: number, count: number): AddressRange => ({
  address: first * PAGE,
  bytes: count * PAGE,
});

function machineWith(mapped: readonly AddressRange[], locked: readonly AddressRange[] = []) {
  const { machine } = new SimulatedSystem({ cpus: 1, version: 2, remembers: true });
  machine.memory.mapped = joined(mapped);
  machine.memory.locked = common(locked, mapped);
  return machine;
}

function stepFor(
  before: readonly AddressRange[],
  wanted: readonly AddressRange[],
  future: 'any' | 'full' | 'onfault' = 'any',
): MachineStep {
  return {
    setting: 'memoryLock',
    at: '4127@99',
    before: memoryLockText({ future: 'any', ranges: before, onFault: [] }),
    set: memoryLockText({ future, ranges: joined([...before, ...wanted]), onFault: [] }),
    mayStay: false,
  };
}

const NONE: ReadonlySet<string> = new Set();

describe('the lock of memory', () => {
  it('keeps what was locked before, now and when it is undone', () => {
    const machine = machineWith([pages(1, 10), pages(20, 10)], [pages(3, 2)]);
    const steps = recordSteps(machine, [stepFor([pages(3, 2)], [pages(1, 10), pages(20, 10)])]);
    applySteps(machine, steps);
    expect(joined(machine.memory.locked)).toEqual([pages(1, 10), pages(20, 10)]);
    expect(findMismatches(machine, steps)).toEqual([]);
    expect(undoSteps(machine, steps, NONE).restored).toHaveLength(1);
    expect(joined(machine.memory.locked)).toEqual([pages(3, 2)]);
    expect(findNotRestored(machine, steps)).toEqual([]);
  });

  it('finds out what later mappings get, and gives it back', () => {
    const machine = machineWith([pages(1, 4)], [pages(1, 1)]);
    machine.memory.future = 'onfault';
    const steps = recordSteps(machine, [stepFor([pages(1, 1)], [pages(1, 4)], 'full')]);
    expect(steps[0]?.before.split(' ')[0]).toBe('onfault');
    applySteps(machine, steps);
    expect(machine.memory.future).toBe('full');
    machine.memory.map(pages(50, 3));
    undoSteps(machine, steps, NONE);
    expect(machine.memory.future).toBe('onfault');
    expect(joined(machine.memory.locked)).toEqual([pages(1, 1)]);
  });

  it('is no conflict where the process has mapped and unmapped meanwhile', () => {
    const machine = machineWith([pages(1, 10)]);
    const steps = recordSteps(machine, [stepFor([], [pages(1, 10)])]);
    applySteps(machine, steps);
    machine.memory.unmap(pages(4, 2));
    machine.memory.mapped = [...machine.memory.mapped, pages(4, 1), pages(90, 5)];
    expect(findStepConflicts(machine, steps)).toEqual([]);
    undoSteps(machine, steps, NONE);
    expect(machine.memory.locked).toEqual([]);
  });

  it('leaves alone what the process has locked itself since, elsewhere', () => {
    const machine = machineWith([pages(1, 10), pages(40, 4)]);
    const steps = recordSteps(machine, [stepFor([], [pages(1, 10)])]);
    applySteps(machine, steps);
    machine.memory.locked = [...machine.memory.locked, pages(40, 4)];
    undoSteps(machine, steps, NONE);
    expect(joined(machine.memory.locked)).toEqual([pages(40, 4)]);
  });

  it('has somebody else as a conflict who changed what later mappings get', () => {
    const machine = machineWith([pages(1, 2)]);
    const steps = recordSteps(machine, [stepFor([], [pages(1, 2)], 'full')]);
    applySteps(machine, steps);
    machine.memory.future = 'onfault';
    expect(findStepConflicts(machine, steps)).toHaveLength(1);
  });

  it('comes back to what was locked, whatever was and whatever was asked for', () => {
    const ranges = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 9 })), { maxLength: 6 });
    const asPages = (all: readonly (readonly [number, number])[]) =>
      joined(all.map(([at, n]) => pages(at, n)));
    fc.assert(
      fc.property(ranges, ranges, ranges, ranges, fc.boolean(), (mapped, locked, wanted, gone, isFuture) => {
        const machine = machineWith(asPages(mapped), asPages(locked));
        const before = joined(machine.memory.locked);
        const asked = common(asPages(wanted), machine.memory.mapped);
        const steps = recordSteps(machine, [stepFor(before, asked, isFuture ? 'full' : 'any')]);
        applySteps(machine, steps);
        expect(joined(machine.memory.locked)).toEqual(joined([...before, ...asked]));
        for (const range of asPages(gone)) machine.memory.unmap(range);
        undoSteps(machine, steps, NONE);
        expect(joined(machine.memory.locked)).toEqual(without(before, asPages(gone)));
        expect(machine.memory.future).toBe('none');
      }),
    );
  });
});
