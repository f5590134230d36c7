import { describe, expect, it } from 'vitest';
import type { CgroupMembership } from '../kernel/task/cgroup.ts';
import type { CgroupMount } from '../kernel/task/mountinfo.ts';
import { foldersUpward, membershipFor, nearestAbove, perfCgroup, shownPath } from './cgroup.ts';

const unified = (path: string): CgroupMembership => ({ hierarchy: 0, controllers: [], path });
const mount2 = (root: string, mountPoint = '/cg'): CgroupMount => ({
  version: 2,
  root,
  mountPoint,
  controllers: [],
});
const folders = (membership: CgroupMembership, mounts: readonly CgroupMount[]) =>
  foldersUpward(membership, mounts).map((one) => [one.cgroup, one.folder]);

describe('foldersUpward', () => {
  it('goes from the cgroup to the root', () => {
    expect(folders(unified('/a/b'), [mount2('/')])).toEqual([
      ['/a/b', '/cg/a/b'],
      ['/a', '/cg/a'],
      ['/', '/cg'],
    ]);
  });

  it('starts at the mounted cgroup inside a container without a cgroup namespace', () => {
    expect(folders(unified('/docker/1/x'), [mount2('/docker/1')])).toEqual([
      ['/docker/1/x', '/cg/x'],
      ['/docker/1', '/cg'],
    ]);
  });

  it('sees no folder for a process outside of the container, or of another hierarchy', () => {
    expect(folders(unified('/../other'), [mount2('/')])).toEqual([]);
    expect(folders(unified('/docker/10'), [mount2('/docker/1')])).toEqual([]);
    expect(folders({ hierarchy: 3, controllers: ['cpu'], path: '/a' }, [mount2('/')])).toEqual([]);
  });

  it('prefers the mount that shows the most ancestors', () => {
    expect(folders(unified('/a'), [mount2('/a', '/part'), mount2('/', '/whole')])[0]).toEqual([
      '/a',
      '/whole/a',
    ]);
  });
});

describe('a hybrid layout', () => {
  const memberships = [
    { hierarchy: 9, controllers: ['name=systemd'], path: '/system.slice/a.service' },
    { hierarchy: 3, controllers: ['cpuset'], path: '/pinned' },
    { hierarchy: 0, controllers: [], path: '/system.slice/a.service/x' },
  ];

  it('takes each controller where it is', () => {
    expect(membershipFor('cpuset', memberships)?.path).toBe('/pinned');
    expect(membershipFor('cpu', memberships)?.hierarchy).toBe(0);
    expect(membershipFor('cpu', memberships.slice(0, 2))).toBeUndefined();
  });

  it('shows the path that systemd uses', () => {
    expect(shownPath(memberships)).toBe('/system.slice/a.service');
    expect(shownPath([{ hierarchy: 9, controllers: ['name=systemd'], path: '/' }, unified('/a')])).toBe('/a');
    expect(shownPath([unified('/')])).toBe('/');
  });
});

describe('cgroups that carry perf events', () => {
  it('are of the v1 hierarchy that has it, else of the unified one', () => {
    const unified = { hierarchy: 0, controllers: [], path: '/user.slice' };
    const legacy = { hierarchy: 4, controllers: ['cpu', 'perf_event'], path: '/docker/0123' };
    expect(perfCgroup([unified, legacy])).toBe('/docker/0123');
    expect(perfCgroup([unified])).toBe('/user.slice');
    expect(perfCgroup([])).toBe('/');
  });

  it.each([
    ['/a/b/c', '/a/b'],
    ['/a/b', '/a'],
    ['/ab', '/'],
    ['/', null],
  ])('%s lies in %s', (path, above) => {
    expect(nearestAbove(path, ['/', '/a', '/a/b', '/ab', '/a/b/c'])).toBe(above);
  });
});
