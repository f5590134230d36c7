import { type ChildProcess, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing, type Maybe } from '../base/missing.ts';
import { PF_KTHREAD } from '../kernel/task/stat.ts';
import type { SweptThread, TaskSweep } from '../model/task-sweep.ts';
import { openLiveHost } from './open-host.ts';
import { openTaskSweeper, sweepTasks, type TaskSweeper } from './sweep-tasks.ts';

const host = openLiveHost();
const opened = openTaskSweeper(host, 'bpf');
const bpf: TaskSweeper | null = isMissing(opened) ? null : opened;
const because = isMissing(opened) ? `no BPF here: ${opened.detail ?? opened.path}` : '';

const COUNTERS = [
  'runTimeNs',
  'runDelayNs',
  'timeslices',
  'voluntarySwitches',
  'involuntarySwitches',
  'minorFaults',
  'majorFaults',
  'migrations',
] as const;
const SAME = ['tgid', 'startTicks', 'policy', 'nice', 'realtimePriority'] as const;

function byKey(sweep: TaskSweep): Map<string, SweptThread> {
  return new Map(sweep.threads.map((thread) => [`${thread.tid}@${thread.startTicks}`, thread]));
}

function sweepBy(source: 'bpf' | 'proc'): TaskSweep {
  const sweep = sweepTasks(host, source);
  if (isMissing(sweep)) throw new Error(sweep.detail);
  return sweep;
}

describe.skipIf(bpf === null)(`a sweep by BPF and one by /proc ${because}`, () => {
  const children: ChildProcess[] = [];
  let before = new Map<string, SweptThread>();
  let between = new Map<string, SweptThread>();
  let after = new Map<string, SweptThread>();

  beforeAll(async () => {
    // Something that runs, sleeps, faults and has several threads; niced, so that it disturbs nobody.
    children.push(
      spawn('nice', ['-n', '5', process.execPath, '-e', 'setInterval(() => Buffer.alloc(1e6, 1), 2)']),
    );
    children.push(spawn('taskset', ['-c', '0', 'sleep', '60']));
    // One that keeps its files open, as over a long time.
    const proc = openTaskSweeper(host, 'proc') as TaskSweeper;
    proc.sweep();
    await sleep(500);
    before = byKey(proc.sweep());
    between = byKey((bpf as TaskSweeper).sweep());
    after = byKey(proc.sweep());
    proc.close();
  });

  afterAll(() => {
    for (const child of children) child.kill();
    bpf?.close();
  });

  /** Threads seen by all three. */
  const triples = () =>
    [...between].flatMap(([key, now]) => {
      const [then, later] = [before.get(key), after.get(key)];
      return then === undefined || later === undefined ? [] : [{ key, then, now, later }];
    });

  it('see the same threads', () => {
    expect(triples().length).toBeGreaterThan(20);
    const lasting = [...before].filter(([key]) => after.has(key)).map(([key]) => key);
    expect(lasting.filter((key) => !between.has(key))).toEqual([]);
  });

  it.each(COUNTERS)(
    'agree on %s, which only grows: never below the earlier, never above the later',
    (name) => {
      for (const { key, then, now, later } of triples()) {
        if (isMissing(then[name]) || isMissing(later[name])) continue;
        expect(now[name], key).toBeGreaterThanOrEqual(then[name]);
        expect(now[name], key).toBeLessThanOrEqual(later[name]);
      }
    },
  );

  it('agree on user and system time to the clock tick', () => {
    const tickNs = 1_000_000_000n / BigInt(host.facts.ticksPerSec ?? 100);
    for (const { key, then, now, later } of triples()) {
      for (const name of ['userNs', 'systemNs'] as const) {
        const [low, value, high] = [then[name], now[name], later[name]] as bigint[];
        expect(value, `${key} ${name}`).toBeGreaterThanOrEqual(low as bigint);
        expect(value, `${key} ${name}`).toBeLessThan((high as bigint) + tickNs);
      }
    }
  });

  it('agree on who a thread is and how it is scheduled', () => {
    for (const { key, then, now, later } of triples()) {
      for (const name of SAME) {
        if (then[name] === later[name]) expect(now[name], `${key} ${name}`).toBe(then[name]);
      }
      if (String(then.affinity) === String(later.affinity))
        expect(String(now.affinity), key).toBe(String(then.affinity));
      if (then.cpu === later.cpu && then.timeslices === later.timeslices) expect(now.cpu, key).toBe(then.cpu);
      // /proc adds what a worker of the kernel is working on, and longer names of kernel threads.
      const isKernel = (now.flags & PF_KTHREAD) !== 0;
      if (then.comm === later.comm)
        expect(isKernel ? then.comm.startsWith(now.comm.slice(0, 8)) : then.comm === now.comm).toBe(true);
    }
  });

  it('agree on the state of a thread that did not run meanwhile', () => {
    const still = triples().filter(
      ({ then, later }) => then.timeslices === later.timeslices && then.state === later.state,
    );
    expect(still.length).toBeGreaterThan(10);
    for (const { key, then, now } of still) expect(now.state, key).toBe(then.state);
  });

  it('agree on memory, to the pages that each CPU may hold back from the sum', () => {
    // percpu_counter_batch is max(32, 2 * CPUs) pages a CPU; status sums exactly since 6.16, roughly before.
    const slackBytes = cpus().length * Math.max(32, 2 * cpus().length) * (host.facts.pageBytes ?? 4096);
    // Any thread of a process may have changed what all of them share.
    const ran = new Set(
      triples()
        .filter(({ then, later }) => then.timeslices !== later.timeslices)
        .map(({ then }) => then.tgid),
    );
    const still = triples().filter(({ then }) => !ran.has(then.tgid));
    for (const { key, then, now, later } of still) {
      expect(isMissing(now.memory), key).toBe(isMissing(then.memory) && isMissing(later.memory));
      if (isMissing(then.memory) || isMissing(now.memory)) continue;
      for (const name of ['anonymousBytes', 'fileBytes', 'sharedBytes', 'swapBytes'] as const)
        expect(Math.abs(now.memory[name] - then.memory[name]), `${key} ${name}`).toBeLessThanOrEqual(
          slackBytes,
        );
    }
  });

  it('shows the affinity that taskset set', () => {
    const pinned = [...between.values()].find((thread) => thread.tid === children[1]?.pid);
    expect(String(pinned?.affinity as Maybe<unknown>)).toBe('0');
  });
});

describe('a sweep by /proc', () => {
  it('is what is left when BPF is not asked for, and says so', () => {
    const sweep = sweepBy('proc');
    expect(sweep).toMatchObject({ obtainedBy: 'proc', because: null });
    expect(sweep.threads.some((thread) => thread.tid === process.pid)).toBe(true);
  });
});
