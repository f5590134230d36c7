import { expect, it } from 'vitest';
import {
  applySteps,
  findMismatches,
  findNotRestored,
  findStepConflicts,
  recordSteps,
  undoSteps,
} from '../steps.ts';
import { SimulatedSystem } from '../testing/simulated-system.ts';
import { placeOf } from './membership.ts';
import type { MachineStep } from './setting.ts';

const TARGET = { tgid: 4127, startTicks: 99n };
const NONE: ReadonlySet<string> = new Set();

function waiting() {
  const { machine } = new SimulatedSystem({ cpus: 1, version: 2, remembers: true });
  const keeper = machine.memory.startKeeper(TARGET, [{ fd: 4, ranges: [{ address: 4096, bytes: 8192 }] }]);
  const step: MachineStep = {
    setting: 'keptFiles',
    at: placeOf(keeper),
    before: '',
    set: '8192',
    mayStay: false,
  };
  return { machine, keeper, steps: recordSteps(machine, [step]) };
}

it('keeps nothing before the step is made, and ends with its undo', () => {
  const { machine, keeper, steps } = waiting();
  expect([steps[0]?.before, machine.memory.keptBytes(keeper)]).toEqual(['0', 0]);
  applySteps(machine, steps);
  expect(machine.memory.keptBytes(keeper)).toBe(8192);
  expect(findMismatches(machine, steps)).toEqual([]);
  expect(undoSteps(machine, steps, NONE).restored).toEqual(steps);
  expect([...machine.memory.keepers]).toEqual([]);
  expect(findNotRestored(machine, steps)).toEqual([]);
});

it.each([0, 4096])('is ended where it was cut off with %i bytes kept', (keptBytes) => {
  const { machine, keeper, steps } = waiting();
  const found = machine.memory.keepers.get(keeper.tgid);
  if (found !== undefined) found.keptBytes = keptBytes;
  expect(findStepConflicts(machine, steps)).toEqual([]);
  expect(undoSteps(machine, steps, NONE).restored).toEqual(steps);
  expect([...machine.memory.keepers]).toEqual([]);
});

it('has nothing to undo where the keeper was ended by somebody', () => {
  const { machine, keeper, steps } = waiting();
  applySteps(machine, steps);
  machine.memory.endKeeper(keeper);
  expect(undoSteps(machine, steps, NONE)).toEqual({ restored: [], refused: null });
});
