/** How groups share the CPU, read from machines in memory: of which group a process is, and lines that change it. */
import { describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import type { LiveSource } from '../host/live.ts';
import { MemorySource } from '../host/memory.ts';
import type { GroupMove, Proposal } from '../placement/proposal.ts';
import { groupCommands } from './group-commands.ts';
import { openSchedulingGroups } from './read-scheduling-group.ts';

/** What is not in the table does not exist. */
function hostOf(files: Readonly<Record<string, string>>): Host {
  const memory = MemorySource.ofFiles(files);
  const source = {
    text: (kind: Parameters<LiveSource['text']>[0], path: string) => {
      const text = memory.text(kind, path);
      return isMissing(text) ? { ...text, missing: 'absent' as const } : text;
    },
  };
  return new Host('live', NO_FACTS, source);
}

const V2 = { '/proc/self/mountinfo': '30 20 0:26 / /cg rw - cgroup2 cgroup2 rw\n' };
const V1 = { '/proc/self/mountinfo': '30 20 0:26 / /cg/cpu rw - cgroup cgroup rw,cpu\n' };
const SESSIONS = {
  '/proc/sys/kernel/sched_autogroup_enabled': '1\n',
  '/proc/7/autogroup': '/autogroup-9 nice -3\n',
};

const groupOf = (files: Readonly<Record<string, string>>) => openSchedulingGroups(hostOf(files)).of(7);

describe('the group that the scheduler weighs a process in', () => {
  it('is the session in the root, with its nice value', () => {
    expect(groupOf({ ...V2, ...SESSIONS, '/proc/7/cgroup': '0::/\n' })).toEqual({
      cgroup: '/',
      autogroup: 'autogroup-9',
      nice: -3,
    });
  });

  it('is no session where sessions do not count, or the process is in a cgroup that divides', () => {
    const off = { ...SESSIONS, '/proc/sys/kernel/sched_autogroup_enabled': '0\n' };
    expect(groupOf({ ...V2, ...off, '/proc/7/cgroup': '0::/\n' })).toEqual({ cgroup: '/', autogroup: null });
    const service = { '/proc/7/cgroup': '0::/a.service\n', '/cg/a.service/cpu.max': 'max 100000\n' };
    expect(groupOf({ ...V2, ...SESSIONS, ...service, '/cg/a.service/cpu.weight': '250\n' })).toEqual({
      cgroup: '/a.service',
      autogroup: null,
      weight: { version: 2, value: 250 },
    });
  });

  it('is the ancestor where the controller is not handed down (v2), its own in v1', () => {
    const below = { '/proc/7/cgroup': '0::/a.slice/b\n', '/cg/a.slice/cpu.max': 'max 100000\n' };
    expect(groupOf({ ...V2, ...below })).toMatchObject({ cgroup: '/a.slice' });
    const v1 = { '/proc/7/cgroup': '3:cpu:/a/b\n0::/x\n', '/cg/cpu/a/b/cpu.shares': '512\n' };
    expect(groupOf({ ...V1, ...v1 })).toMatchObject({ cgroup: '/a/b', weight: { version: 1, value: 512 } });
  });

  it('has no weight to give back while it is idle', () => {
    const idle = { '/proc/7/cgroup': '0::/a\n', '/cg/a/cpu.max': 'max 100000\n', '/cg/a/cpu.weight': '0\n' };
    expect(groupOf({ ...V2, ...idle })).toEqual({ cgroup: '/a', autogroup: null });
  });

  it('is missing where the process has ended, or nothing is mounted', () => {
    expect(groupOf(V2)).toMatchObject({ missing: expect.any(String) });
    expect(groupOf({ '/proc/7/cgroup': '0::/\n' })).toMatchObject({ missing: expect.any(String) });
  });
});

describe('lines that change a group', () => {
  const lines = (files: Readonly<Record<string, string>>, group: GroupMove) =>
    groupCommands(hostOf(files), { groups: [group] } as unknown as Proposal).map(({ now, undo }) => [
      now,
      undo,
    ]);
  const quota: GroupMove = { kind: 'quota', cgroup: "/it's", fromCpus: 0.5, toCpus: 1.3 };
  const idle: GroupMove = { kind: 'idle-cgroup', cgroup: '/a', unit: null };

  it('write cpu.max in its own period, and the quota of v1', () => {
    expect(lines({ ...V2, "/cg/it's/cpu.max": '10000 20000\n' }, quota)).toEqual([
      [`echo "26000 20000" > '/cg/it'\\''s/cpu.max'`, `echo "10000 20000" > '/cg/it'\\''s/cpu.max'`],
    ]);
    const v1 = { "/cg/cpu/it's/cpu.cfs_quota_us": '-1\n', "/cg/cpu/it's/cpu.cfs_period_us": '50000\n' };
    expect(lines({ ...V1, ...v1 }, quota)).toEqual([
      [`echo 65000 > '/cg/cpu/it'\\''s/cpu.cfs_quota_us'`, `echo -1 > '/cg/cpu/it'\\''s/cpu.cfs_quota_us'`],
    ]);
  });

  it('give an idle group its weight back, because the kernel forgets it', () => {
    expect(lines({ ...V2, '/cg/a/cpu.weight': '250\n' }, idle)[0]?.[1]).toBe(
      'echo 0 > /cg/a/cpu.idle; echo 250 > /cg/a/cpu.weight',
    );
    expect(lines({ ...V1, '/cg/cpu/a/cpu.shares': '512\n' }, idle)[0]?.[1]).toContain(
      'echo 512 > /cg/cpu/a/cpu.shares',
    );
  });

  it('say what to note down where it could not be read, and nothing about a group that is not here', () => {
    expect(lines(V2, quota)[0]?.[1]).toMatch(/^# note it before: cat /);
    const elsewhere = { '/proc/self/mountinfo': '30 20 0:26 /docker/x /cg rw - cgroup2 cgroup2 rw\n' };
    expect(lines(elsewhere, quota)).toEqual([]);
  });

  it('give a session back the nice value it had', () => {
    const group: GroupMove = { kind: 'autogroup', session: 'autogroup-9', tgid: 7, comm: 'x', nice: 19 };
    expect(lines(SESSIONS, group)).toEqual([['echo 19 > /proc/7/autogroup', 'echo -3 > /proc/7/autogroup']]);
  });
});
