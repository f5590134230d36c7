/** The calls against what /proc, taskset and chrt say. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import { getAffinity, setAffinity } from './affinity.ts';
import { KernelError } from './libc.ts';
import { Pidfd } from './pidfd.ts';
import { getScheduling, setScheduling } from './scheduler.ts';

const sleeper = spawn('sleep', ['1000'], { stdio: 'ignore' });
const pid = sleeper.pid as number;
const allowed = () => /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

beforeAll(() => expect(pid).toBeGreaterThan(0));
afterAll(() => sleeper.kill('SIGKILL'));

describe('affinity', () => {
  it('reads what /proc says, sets and reads back', () => {
    const before = getAffinity(pid);
    // The file also names CPUs that are offline.
    expect(before.isSubsetOf(CpuSet.parseList(allowed() ?? ''))).toBe(true);
    const one = CpuSet.of(before.last as number);
    setAffinity(pid, one);
    expect(getAffinity(pid).equals(one)).toBe(true);
    expect(allowed()).toBe(one.toKernelList());
    setAffinity(pid, before);
    expect(getAffinity(pid).equals(before)).toBe(true);
  });

  it('says which errno: no such thread, and no CPU of the set', () => {
    expect(() => getAffinity(4_194_303)).toThrow(new KernelError('sched_getaffinity', constants.errno.ESRCH));
    expect(() => setAffinity(pid, CpuSet.of(8191))).toThrow(
      new KernelError('sched_setaffinity', constants.errno.EINVAL),
    );
  });
});

describe('scheduling', () => {
  it('sets what chrt and /proc then show', () => {
    const before = getScheduling(pid);
    setScheduling(pid, { ...before, policy: 3, nice: 5, runtimeNs: 0n });
    expect(getScheduling(pid)).toMatchObject({ policy: 3, nice: 5, realtimePriority: 0 });
    const chrt = spawnSync('chrt', ['-p', String(pid)], { encoding: 'utf8' });
    if (chrt.status === 0) expect(chrt.stdout).toContain('SCHED_BATCH');
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[16]).toBe('5');
  });
});

describe('a pidfd', () => {
  it('knows the end of its process', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const held = new Pidfd(child.pid as number);
    expect(held.isAlive).toBe(true);
    held.signal(constants.signals.SIGKILL);
    await new Promise((resolve) => child.once('exit', resolve));
    expect(held.isAlive).toBe(false);
    held.close();
    held.close();
    expect(() => new Pidfd(4_194_303)).toThrow(new KernelError('pidfd_open', constants.errno.ESRCH));
  });
});
