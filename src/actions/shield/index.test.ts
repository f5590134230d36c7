import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { chooseWay, WAYS } from './index.ts';
import type { CpusetHierarchy, ShieldSituation } from './situation.ts';

const v2: CpusetHierarchy = {
  version: 2,
  isRoot: true,
  controller: 'on',
  nodes: CpuSet.of(0),
  groups: [{ path: '/system.slice', asked: CpuSet.EMPTY, partition: 'member' }],
};
const situation = (
  hierarchy: CpusetHierarchy | null,
  parts: Partial<ShieldSituation> = {},
): ShieldSituation => ({
  cpus: CpuSet.of(6, 7),
  rest: CpuSet.range(0, 5),
  kernel: { major: 6, minor: 12 },
  hierarchy,
  manager: null,
  exceptions: [],
  group: '/keel-c-1',
  ...parts,
});
const arena = {
  tgid: 4127,
  startTicks: 9n,
  comm: 'arena',
  cgroup: '/system.slice/arena.service',
  nodes: CpuSet.of(0),
};

describe('the ways to shield', () => {
  it('are the files of the folder', () => {
    const files = readdirSync(import.meta.dirname).filter(
      (name) => !/\.test\.ts$|^(index|way|situation)\.ts$/.test(name),
    );
    expect(WAYS).toHaveLength(files.length);
  });

  it.each([
    ['v2 at the root of the machine', v2, 'a partition of cgroup v2'],
    ['v2 in a container', { ...v2, isRoot: false }, 'cpusets of cgroup v2'],
    ['v1', { ...v2, version: 1 as const, controller: null }, 'cpusets of cgroup v1'],
    ['v2 that has no cpuset controller', { ...v2, controller: null }, 'the affinity of each thread'],
    ['no cgroups', null, 'the affinity of each thread'],
  ])('with %s', (_, hierarchy, label) => {
    expect(chooseWay(situation(hierarchy), undefined).way?.label.en).toBe(label);
  });

  it('go through systemd where it runs and a partition cannot be, and name it where it does not run', () => {
    const container = { ...v2, isRoot: false };
    expect(chooseWay(situation(container, { manager: 'systemd' }), undefined).way?.name).toBe('systemd');
    const { way, obstacles } = chooseWay(situation(container), undefined);
    expect(way?.name).toBe('cpuset');
    expect(obstacles.map(({ because }) => because.en)).toContain('systemd does not run here');
    expect(chooseWay(situation(v2, { manager: 'silent-systemd' }), 'systemd').obstacles[0]?.because.en).toBe(
      'systemd does not answer systemctl here',
    );
    const v1 = { ...v2, version: 1 as const, controller: null };
    expect(chooseWay(situation(v1, { manager: 'systemd' }), 'systemd').obstacles[0]?.because.en).toBe(
      'AllowedCPUs= of systemd needs the cpuset controller of cgroup v2',
    );
  });

  it('says why the one that is asked for cannot be', () => {
    const { way, obstacles } = chooseWay(situation(null), 'partition');
    expect(way).toBeNull();
    expect(obstacles.map(({ because }) => because.en)).toEqual([
      'the cpuset controller is not in cgroup v2 here',
    ]);
  });

  it('leave a partition of somebody else alone', () => {
    const groups = [{ path: '/vm', asked: CpuSet.of(7), partition: 'isolated' }];
    const { obstacles } = chooseWay(situation({ ...v2, groups }), 'partition');
    expect(obstacles[0]?.because.en).toContain('/vm has CPUs 7 as its own partition already');
  });
});

describe('a partition', () => {
  const kind = (parts: Partial<ShieldSituation>) =>
    chooseWay(situation(v2, parts), 'partition')
      .way?.steps(situation(v2, parts))
      .find((step) => step.setting === 'cpusetPartition')?.set;

  it('is isolated where nobody is inside, or one CPU is', () => {
    expect(kind({})).toBe('isolated');
    expect(kind({ exceptions: [arena] })).toBe('root');
    expect(kind({ exceptions: [arena], cpus: CpuSet.of(7) })).toBe('isolated');
    expect(kind({ kernel: { major: 5, minor: 15 } })).toBe('root');
  });

  it('keeps the memory nodes of who comes in, so that no memory policy turns to others', () => {
    const two = { ...v2, nodes: CpuSet.of(0, 1) };
    const nodes = (parts: Partial<ShieldSituation>) =>
      chooseWay(situation(two, parts), undefined)
        .way?.steps(situation(two, parts))
        .find((step) => step.setting === 'cpusetNodes')?.set;
    expect(nodes({})).toBeUndefined();
    expect(nodes({ exceptions: [{ ...arena, nodes: CpuSet.of(1) }] })).toBe('1');
    expect(nodes({ exceptions: [arena, { ...arena, nodes: CpuSet.of(1) }] })).toBe('0-1');
  });

  it('takes CPUs from the groups that ask for them by name first', () => {
    const groups = [{ path: '/box', asked: CpuSet.range(2, 7), partition: 'member' }];
    const steps = chooseWay(situation({ ...v2, groups }), undefined).way?.steps(situation({ ...v2, groups }));
    expect(steps?.map(({ setting, at, set }) => `${setting} ${at} ${set}`)).toEqual([
      'cpusetCpus /box 2-5',
      'cgroup /keel-c-1 made',
      'cpusetCpus /keel-c-1 6-7',
      'cpusetPartition /keel-c-1 isolated',
    ]);
  });
});
