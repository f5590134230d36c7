import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { bucketRange } from '../bpf/log2-histogram.ts';
import type { SweptThread } from '../model/task-sweep.ts';
import { RunDelayCounter, type RunDelays, type ThreadRunDelay } from './count-run-delay.ts';
import { openLiveHost } from './open-host.ts';
import { sweepTasks } from './sweep-tasks.ts';

const host = openLiveHost();
const opened = RunDelayCounter.open(host, { tgid: null, threads: 4096 });
const counter = isMissing(opened) ? null : opened;
const because = isMissing(opened) ? `no BPF here: ${opened.detail ?? opened.path}` : '';

/** Two that compete for one CPU, and one that only sleeps. */
const BUSY =
  'for (const end = performance.now() + 1000; performance.now() < end; );setTimeout(() => {}, 60_000)';

function threadsNow(): Map<number, SweptThread> {
  const sweep = sweepTasks(host);
  return new Map(isMissing(sweep) ? [] : sweep.threads.map((thread) => [thread.tid, thread]));
}

describe.skipIf(counter === null)(`run delays ${because}`, () => {
  const children: ChildProcess[] = [];
  let before = new Map<number, SweptThread>();
  let after = new Map<number, SweptThread>();
  let counted: RunDelays = { threads: [], lost: 0n };

  beforeAll(async () => {
    // Born after counting began, so that every wait of theirs is counted.
    for (const script of [BUSY, BUSY])
      children.push(spawn('taskset', ['-c', '0', process.execPath, '-e', script], { stdio: 'ignore' }));
    children.push(spawn('sleep', ['60'], { stdio: 'ignore' }));
    await sleep(1500);
    before = threadsNow();
    counted = (counter as RunDelayCounter).read();
    after = threadsNow();
  });

  afterAll(() => {
    for (const child of children) child.kill();
    counter?.close();
  });

  const ours = (): ThreadRunDelay[] => {
    const pids = new Set(children.map((child) => child.pid));
    return counted.threads.filter(
      (thread) => pids.has(thread.tgid) && before.has(thread.tid) && after.has(thread.tid),
    );
  };

  it('are as many as the times each thread was put on a CPU', () => {
    expect(ours().length).toBeGreaterThan(10);
    for (const thread of ours()) {
      expect(thread.events, `${thread.tid}`).toBeGreaterThanOrEqual(
        before.get(thread.tid)?.timeslices as bigint,
      );
      expect(thread.events, `${thread.tid}`).toBeLessThanOrEqual(after.get(thread.tid)?.timeslices as bigint);
    }
    expect(counted.lost).toBe(0n);
  });

  it('add up to the run delay of the kernel where threads compete', () => {
    const competing = ours().filter((thread) => thread.totalNs > 100_000_000n);
    expect(competing.length).toBeGreaterThanOrEqual(1);
    for (const thread of competing) {
      const kernelNs = Number(before.get(thread.tid)?.runDelayNs as bigint);
      expect(Number(thread.totalNs) / kernelNs).toBeGreaterThan(0.98);
      expect(Number(thread.totalNs) / kernelNs).toBeLessThan(1.02);
    }
  });

  it('fill a histogram that fits its sum and its longest', () => {
    for (const thread of ours()) {
      const inBuckets = thread.buckets.reduce((sum, count) => sum + count, 0n);
      const leastNs = thread.buckets.reduce(
        (sum, count, i) => sum + Number(count) * bucketRange(i).fromNs,
        0,
      );
      const longest = thread.buckets.findLastIndex((count) => count > 0n);
      expect(inBuckets).toBe(thread.events);
      expect(Number(thread.totalNs)).toBeGreaterThanOrEqual(leastNs);
      expect(Number(thread.maxNs)).toBeGreaterThanOrEqual(bucketRange(longest).fromNs);
      expect(Number(thread.maxNs)).toBeLessThan(bucketRange(longest).toNs);
    }
  });

  it('carry the identity of the thread', () => {
    for (const thread of ours()) expect(after.get(thread.tid)?.startNs).toBe(thread.startNs);
  });

  it('are counted for one process alone where asked', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 20)'], { stdio: 'ignore' });
    const one = RunDelayCounter.open(host, { tgid: child.pid as number, threads: 64 });
    if (isMissing(one)) throw new Error(one.detail);
    const seen = () => new Set(one.read().threads.map((thread) => thread.tgid));
    await expect.poll(seen).toEqual(new Set([child.pid]));
    child.kill();
    one.close();
  });

  it('that do not fit are counted as lost', async () => {
    const one = RunDelayCounter.open(host, { tgid: null, threads: 1 });
    if (isMissing(one)) throw new Error(one.detail);
    await expect.poll(() => one.read().lost > 0n).toBe(true);
    expect(one.read().threads.length).toBeLessThanOrEqual(1);
    one.close();
  });
});
