/** Looks again and again at where the threads of targets wait in the kernel, while a window is open. */
import { isMissing, type Maybe, missing, orNull, present } from '../base/missing.ts';
import { NS_PER_MS } from '../base/units.ts';
import type { Host } from '../host/host.ts';
import { threadKernelStack, threadWaitChannel } from '../kernel/task/kernel-stack.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { type SampledWaits, WaitTally } from '../model/waits/sampled-waits.ts';
import { waitPlaceOf } from '../model/waits/wait-place.ts';
import type { Clock } from './clock.ts';

export interface WaitSampling {
  /** Ends it. Missing where this user may not see where the threads wait. */
  readonly finish: () => Promise<Maybe<SampledWaits>>;
}

/** A look at a thread takes some 40 µs: 100 looks a second at eight threads are 3 % of one CPU. */
const EVERY_NS = 10 * NS_PER_MS;
/** More threads are looked at more seldom. */
const LOOKS_AT_ONCE = 8;

/** Starts at once. */
export function startWaitSampling(host: Host, clock: Clock, tgids: readonly number[]): WaitSampling {
  const tally = new WaitTally();
  const obtainedBy = wayToLook(host, tgids);
  const stop = new AbortController();
  const done = isMissing(obtainedBy) ? Promise.resolve() : sample(host, clock, tgids, tally, stop.signal);
  return {
    async finish() {
      stop.abort();
      await done;
      return isMissing(obtainedBy) ? obtainedBy : tally.result(obtainedBy);
    },
  };
}

function wayToLook(host: Host, tgids: readonly number[]): Maybe<SampledWaits['obtainedBy']> {
  const [pid] = tgids;
  if (pid === undefined) return missing('gone', 'processes');
  const at = { pid, tid: pid };
  if (present(host.read(threadKernelStack, at))) return 'stack';
  const channel = host.read(threadWaitChannel, at);
  return isMissing(channel) ? channel : 'wchan';
}

async function sample(
  host: Host,
  clock: Clock,
  tgids: readonly number[],
  tally: WaitTally,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn += 1) {
    const threads = tgids.flatMap((pid) =>
      (orNull(host.read(threadList, { pid })) ?? []).map((tid) => ({ pid, tid })),
    );
    const first = (turn * LOOKS_AT_ONCE) % Math.max(1, threads.length);
    const seen = [...threads.slice(first), ...threads.slice(0, first)].slice(0, LOOKS_AT_ONCE);
    for (const at of seen) look(host, at, tally);
    await clock.sleep(EVERY_NS, signal);
  }
}

/** One that woke up meanwhile has an empty stack, and counts as running. */
function look(host: Host, at: { readonly pid: number; readonly tid: number }, tally: WaitTally): void {
  const stat = orNull(host.read(threadStat, at));
  if (stat === null) return;
  const functions = stat.state === 'R' ? [] : functionsOf(host, at);
  tally.add(at.tid, stat.comm, waitPlaceOf(functions));
}

function functionsOf(host: Host, at: { readonly pid: number; readonly tid: number }): readonly string[] {
  const stack = orNull(host.read(threadKernelStack, at));
  if (stack !== null) return stack;
  const channel = orNull(host.read(threadWaitChannel, at));
  return channel === null ? [] : [channel];
}
