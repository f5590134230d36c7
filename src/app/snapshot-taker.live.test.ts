import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { isMissing, present } from '../base/missing.ts';
import type { Snapshot, ThreadReading } from '../model/snapshot.ts';
import { openLiveHost } from './open-host.ts';
import { openSnapshotTaker, type SnapshotTaker } from './snapshot-taker.ts';

const host = openLiveHost();
const [bpf, because] = openOrWhyNot();

function openOrWhyNot(): [SnapshotTaker | null, string] {
  try {
    return [openSnapshotTaker(host, 'bpf'), ''];
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    return [null, error.message];
  }
}

/** Everything that does not move, and counters that only grow, are held against /proc before and after. */
describe.skipIf(bpf === null)(`a snapshot by BPF between two of /proc ${because}`, () => {
  let child: ChildProcess;
  let all: readonly [Snapshot, Snapshot, Snapshot];

  beforeAll(async () => {
    child = spawn(process.execPath, ['-e', 'setInterval(() => Buffer.alloc(1e6, 1), 5); console.log(1)'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const proc = openSnapshotTaker(host, 'proc');
    const before = proc.take(1n);
    const between = (bpf as SnapshotTaker).take(2n);
    all = [before, between, proc.take(3n)];
  });

  afterAll(() => {
    child.kill();
    bpf?.close();
  });

  /** Threads that all three saw. */
  function* threads(): Generator<readonly [ThreadReading, ThreadReading, ThreadReading]> {
    for (const [tgid, process] of all[1].processes) {
      for (const thread of process.threads) {
        const same = ({ processes }: Snapshot) =>
          processes
            .get(tgid)
            ?.threads.find((one) => one.tid === thread.tid && one.stat.startTicks === thread.stat.startTicks);
        const [then, later] = [same(all[0]), same(all[2])];
        if (then !== undefined && later !== undefined) yield [then, thread, later];
      }
    }
  }

  it('has the same processes and threads', () => {
    const [before, between, after] = all;
    const lasting = [...before.processes.keys()].filter((tgid) => after.processes.has(tgid));
    expect(lasting.filter((tgid) => !between.processes.has(tgid))).toEqual([]);
    expect(between.processes.get(child.pid as number)?.threads.length).toBeGreaterThan(1);
    expect([...threads()].length).toBeGreaterThan(20);
  });

  it('has the same facts of each thread', () => {
    for (const [then, thread, later] of threads()) {
      for (const name of ['id', 'parent', 'isKernelThread', 'policy', 'nice', 'realtimePriority'] as const) {
        if (then.stat[name] === later.stat[name]) expect(thread.stat[name], name).toBe(then.stat[name]);
      }
    }
  });

  it('has counters that are never below the earlier and never above the later ones', () => {
    const counters = (thread: ThreadReading): (bigint | null)[] => [
      thread.stat.minorFaults,
      thread.stat.majorFaults,
      ...(present(thread.schedstat) ? Object.values(thread.schedstat) : [null]),
      ...(present(thread.sched) ? [thread.sched.migrations, thread.sched.voluntarySwitches] : [null]),
    ];
    for (const [then, thread, later] of threads()) {
      if (isMissing(then.sched) || isMissing(then.schedstat)) continue;
      const [least, found, most] = [counters(then), counters(thread), counters(later)];
      found.forEach((value, i) => {
        expect(value, `${thread.tid} ${i}`).toBeGreaterThanOrEqual(least[i] ?? 0n);
        if (most[i] !== null) expect(value, `${thread.tid} ${i}`).toBeLessThanOrEqual(most[i] as bigint);
      });
    }
  });

  it('can be of some processes only', () => {
    for (const taker of [bpf as SnapshotTaker, openSnapshotTaker(host, 'proc')])
      expect([...taker.takeProcesses([child.pid as number]).keys()]).toEqual([child.pid]);
  });
});
