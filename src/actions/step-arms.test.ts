import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupMove } from '../placement/proposal.ts';
import { stepsForGroups } from './proposal-steps.ts';
import { StepArms } from './step-arms.ts';
import { findStepConflicts, undoSteps } from './steps.ts';
import { SimulatedSystem } from './testing/simulated-system.ts';

const quota = (toCpus: number): GroupMove => ({ kind: 'quota', cgroup: '/q', fromCpus: 0.5, toCpus });
const session: GroupMove = { kind: 'autogroup', session: 'autogroup-7', tgid: 9, comm: 'hog', nice: 19 };
const idle: GroupMove = { kind: 'idle-cgroup', cgroup: '/q', unit: null };

let system: SimulatedSystem;
const value = (file: string) => system.machine.files.get(file);
beforeEach(() => {
  system = new SimulatedSystem({ cpus: 4, version: 2, remembers: true });
  system.machine.files
    .set('cpuQuota /q', '50000 100000')
    .set('cpuWeight /q', '250')
    .set('cpuIdle /q', '0')
    .set('sessionNice autogroup-7', '-3');
});

const armsFor = (...groups: readonly GroupMove[]) =>
  new StepArms(
    system.machine,
    groups.map((group) => stepsForGroups(system.machine, [group])),
  );

describe('placements of groups', () => {
  it('go to and fro, each with the values of one candidate and what was before of the others', () => {
    const arms = armsFor(quota(1), session, quota(2));
    arms.switchTo(1);
    expect([value('cpuQuota /q'), value('sessionNice autogroup-7')]).toEqual(['100000 100000', '-3']);
    arms.switchTo(2);
    expect([value('cpuQuota /q'), value('sessionNice autogroup-7')]).toEqual(['50000 100000', '19']);
    arms.switchTo(3);
    expect(value('cpuQuota /q')).toBe('200000 100000');
    arms.switchTo(0);
    expect([value('cpuQuota /q'), value('sessionNice autogroup-7')]).toEqual(['50000 100000', '-3']);
  });

  it('are all ours for an undo, wherever it stopped', () => {
    const arms = armsFor(quota(1), quota(2), session);
    for (const arm of [1, 2, 3]) {
      arms.switchTo(arm);
      expect(findStepConflicts(system.machine, arms.steps)).toEqual([]);
      undoSteps(system.machine, arms.steps, new Set());
      expect([value('cpuQuota /q'), value('sessionNice autogroup-7')]).toEqual(['50000 100000', '-3']);
    }
  });

  it('give a group its own weight back after it was idle', () => {
    const arms = armsFor(idle);
    // The kernel forgets the weight of an idle group.
    arms.switchTo(1);
    expect(value('cpuIdle /q')).toBe('1');
    system.machine.files.set('cpuWeight /q', '100');
    arms.switchTo(0);
    expect([value('cpuIdle /q'), value('cpuWeight /q')]).toEqual(['0', '250']);
  });

  it('leave alone what somebody else changes, and say so', () => {
    const arms = armsFor(quota(1));
    arms.switchTo(1);
    system.machine.files.set('cpuQuota /q', '70000 100000');
    expect(arms.switchTo(0)).toMatchObject([{ found: '70000 100000' }]);
    expect(value('cpuQuota /q')).toBe('70000 100000');
  });

  it('pass over a group that has ended, and know what changes nothing', () => {
    const arms = armsFor(quota(1), quota(0.5));
    expect([arms.changesSomething(1), arms.changesSomething(2)]).toEqual([true, false]);
    system.machine.files.delete('cpuQuota /q');
    expect(arms.switchTo(1)).toEqual([]);
  });
});
