import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import type { SchedulingGroup } from '../situation.ts';
import { captured } from '../testing/machines.ts';
import { proposed, refusal } from '../testing/plans.ts';
import { other, situation, thread, UNKNOWN } from '../testing/situations.ts';
import { lowerHog } from './lower-hog.ts';

const topology = captured('dies');
const group = (cgroup: string, autogroup: string | null = null): SchedulingGroup => ({ cgroup, autogroup });
const here = (own: SchedulingGroup, theirs: SchedulingGroup) =>
  situation(topology, { target: { group: own }, others: [other({ group: theirs, unit: 'backup.service' })] });

describe('lowering whoever holds the CPUs', () => {
  it('uses the idle class of its threads in the same group, and in one around the target', () => {
    for (const own of [group('/'), group('/game')]) {
      const found = proposed(lowerHog, here(own, group('/')));
      expect(found).toMatchObject({ name: 'idle:backup.service', groups: [] });
      expect(found.moves).toMatchObject([{ tgid: 900, threads: 'all', scheduling: { policy: 'idle' } }]);
    }
  });

  it('uses the nice value of its session where the class of its threads does not count', () => {
    const found = proposed(lowerHog, here(group('/', 'autogroup-7'), group('/', 'autogroup-9')));
    expect(found).toMatchObject({ moves: [], groups: [{ kind: 'autogroup', tgid: 900, nice: 19 }] });
  });

  it('makes its cgroup idle beside that of the target', () => {
    const found = proposed(lowerHog, here(group('/system.slice/arena'), group('/system.slice/backup')));
    expect(found.groups).toEqual([
      { kind: 'idle-cgroup', cgroup: '/system.slice/backup', unit: 'backup.service' },
    ]);
  });

  it('means the one that runs where the target waits', () => {
    const waiting = [thread(100, { runDelayPct: 50, affinity: CpuSet.of(0) })];
    const far = other({
      tgid: 901,
      runPct: 99,
      byCpuPct: new Map([
        [1, 90],
        [0, 9],
      ]),
    });
    const near = other({ tgid: 902, runPct: 40, byCpuPct: new Map([[0, 40]]) });
    const found = proposed(
      lowerHog,
      situation(topology, { target: { threads: waiting }, others: [far, near] }),
    );
    expect(found.moves).toMatchObject([{ tgid: 902 }]);
  });

  it('is refused where it would have to lower others too, or groups are not known', () => {
    expect(refusal(lowerHog, here(group('/user.slice/a'), group('/system.slice/b')))).toMatch(
      /a group above/,
    );
    const unknown = situation(topology, { target: { group: UNKNOWN }, others: [other()] });
    expect(refusal(lowerHog, unknown)).toMatch(/is not known/);
  });

  it('is refused where nothing waits, nobody else runs, and of the kernel and of init', () => {
    const calm = situation(topology, { target: { threads: [] }, others: [other()] });
    expect(refusal(lowerHog, calm)).toMatch(/at most 0\.0 %/);
    const nobody = [
      other({ runPct: 19 }),
      other({ isKernelThread: true }),
      other({ tgid: 1 }),
      other({ policy: 'idle' }),
    ];
    expect(refusal(lowerHog, situation(topology, { others: nobody }))).toMatch(/^no other process/);
  });
});
