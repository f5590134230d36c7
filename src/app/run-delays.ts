/** Run delay of a process and of everybody else between two moments: what the guards of a trial look at. */
import { isMissing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { SweptThread } from '../model/task-sweep.ts';
import type { Clock } from './clock.ts';
import { openTaskSweeper } from './sweep-tasks.ts';

/** Reading every thread must not disturb what is measured: without BPF, only machines with few threads are summed. */
const MOST_SWEEP_NS = 10e6;

export interface Delays {
  /** Sums of the threads that were there at both moments, per second. */
  readonly processNsPerSec: number | null;
  readonly othersNsPerSec: number | null;
}

export interface DelayMeter {
  /** Why others are not summed; null where they are. */
  readonly because: string | null;
  start(): void;
  finish(): Delays;
  close(): void;
}

/** @param tgid the target; `own` is keel itself, which is nobody's neighbour */
export function openDelayMeter(host: Host, clock: Clock, tgid: number, own: number): DelayMeter {
  const sweeper = openTaskSweeper(host, undefined, clock);
  if (isMissing(sweeper)) return blind(sweeper.detail ?? sweeper.missing);
  const beganNs = clock.monotonicNs();
  sweeper.sweep();
  const tookNs = Number(clock.monotonicNs() - beganNs);
  if (sweeper.obtainedBy === 'proc' && tookNs > MOST_SWEEP_NS) {
    sweeper.close();
    return blind(`reading every thread takes ${Math.round(tookNs / 1e6)} ms here without BPF`);
  }
  let before = new Map<string, bigint>();
  let beforeNs = 0n;
  return {
    because: null,
    start() {
      const sweep = sweeper.sweep();
      beforeNs = sweep.monotonicNs;
      before = new Map(sweep.threads.flatMap((one) => delayOf(one)));
    },
    finish() {
      const sweep = sweeper.sweep();
      const seconds = Number(sweep.monotonicNs - beforeNs) / 1e9;
      let process = 0;
      let others = 0;
      for (const thread of sweep.threads) {
        const [entry] = delayOf(thread);
        const then = entry === undefined ? undefined : before.get(entry[0]);
        if (entry === undefined || then === undefined || thread.tgid === own) continue;
        const delayNs = Number(entry[1] - then);
        if (thread.tgid === tgid) process += delayNs;
        else others += delayNs;
      }
      return { processNsPerSec: process / seconds, othersNsPerSec: others / seconds };
    },
    close: () => sweeper.close(),
  };
}

function delayOf(thread: SweptThread): readonly (readonly [string, bigint])[] {
  return isMissing(thread.runDelayNs) ? [] : [[`${thread.tid}@${thread.startTicks}`, thread.runDelayNs]];
}

function blind(because: string): DelayMeter {
  return {
    because,
    start() {},
    finish: () => ({ processNsPerSec: null, othersNsPerSec: null }),
    close() {},
  };
}
