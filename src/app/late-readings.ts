/** What the kernel counts of the target, read at both ends of a watch. */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { machineStat } from '../kernel/proc/stat.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { processStat } from '../kernel/task/stat.ts';
import { threadStatus } from '../kernel/task/status.ts';
import {
  type CountIdentity,
  grownBetween,
  type Identity,
  type ThreadReading,
} from '../model/late/reconciliation.ts';
import type { Clock } from './clock.ts';
import { openCgroups } from './read-cgroup.ts';

export interface LateReading {
  /** When the threads were read: after the first and before the last of them, CLOCK_MONOTONIC. */
  readonly monotonicNs: bigint;
  readonly threads: ReadonlyMap<number, ThreadReading>;
  readonly minorFaults: Maybe<bigint>;
  readonly majorFaults: Maybe<bigint>;
  /** Of the nearest group with a quota. */
  readonly throttledNs: Maybe<bigint>;
  readonly hasQuota: boolean;
  readonly stealNs: Maybe<ReadonlyMap<number, bigint>>;
}

/** A reading that took longer was interrupted: what it read is not of one moment. */
const QUICK_NS = 1_000_000n;
const ATTEMPTS = 8;

/** The threads first: what they count grows fastest. */
export function readLateCounters(
  host: Host,
  clock: Clock,
  tgid: number,
  onlyTid: number | null,
): LateReading {
  const { threads, monotonicNs } = readThreads(host, clock, tgid, onlyTid);
  const stat = host.read(processStat, { pid: tgid });
  const quotas = mapMaybe(openCgroups(host).of(tgid), (reading) => reading.quotas);
  const quota = isMissing(quotas) ? undefined : quotas[0];
  return {
    monotonicNs,
    threads,
    minorFaults: mapMaybe(stat, (one) => one.minorFaults),
    majorFaults: mapMaybe(stat, (one) => one.majorFaults),
    throttledNs:
      quota === undefined
        ? missing('absent', 'cpu.stat', 'no quota')
        : mapMaybe(quota.throttling, (one) => one.throttledNs),
    hasQuota: quota !== undefined,
    stealNs: mapMaybe(
      host.read(machineStat),
      ({ cpus }) => new Map([...cpus].map(([cpu, times]) => [cpu, times.stealNs])),
    ),
  };
}

/** Of several attempts the quickest: keel may have to wait for a CPU itself. */
function readThreads(host: Host, clock: Clock, tgid: number, onlyTid: number | null) {
  let best: { threads: Map<number, ThreadReading>; monotonicNs: bigint; tookNs: bigint } | null = null;
  for (let attempt = 0; attempt < ATTEMPTS && (best === null || best.tookNs > QUICK_NS); attempt += 1) {
    const tids = onlyTid === null ? (orNull(host.read(threadList, { pid: tgid })) ?? []) : [onlyTid];
    const began = clock.monotonicNs();
    const threads = new Map(tids.map((tid) => [tid, readThread(host, tgid, tid)]));
    const tookNs = clock.monotonicNs() - began;
    if (best === null || tookNs < best.tookNs) best = { threads, monotonicNs: began + tookNs / 2n, tookNs };
  }
  return best as NonNullable<typeof best>;
}

function readThread(host: Host, pid: number, tid: number): ThreadReading {
  const schedstat = host.read(threadSchedstat, { pid, tid });
  const status = host.read(threadStatus, { pid, tid });
  return {
    tid,
    runDelayNs: mapMaybe(schedstat, (one) => one.runDelayNs),
    runTimeNs: mapMaybe(schedstat, (one) => one.runTimeNs),
    switches: mapMaybe(status, ({ voluntarySwitches, involuntarySwitches }) =>
      voluntarySwitches === null || involuntarySwitches === null
        ? missing('absent', 'voluntary_ctxt_switches')
        : voluntarySwitches + involuntarySwitches,
    ),
  };
}

/** What we added up of the threads that were there at both ends, and of the process. */
export interface OurSums {
  readonly queuedNs: number;
  readonly onCpuNs: number;
  readonly throttledNs: number;
  readonly stolenNs: ReadonlyMap<number, number>;
  readonly switches: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
}

export function identitiesOf(before: LateReading, after: LateReading, ours: OurSums): Identity[] {
  const grown = (of: (reading: ThreadReading) => Maybe<bigint>) =>
    grownBetween(before.threads, after.threads, of);
  const delayNs = grown((one) => one.runDelayNs);
  const runNs = grown((one) => one.runTimeNs);
  const bothNs = isMissing(delayNs) ? delayNs : mapMaybe(runNs, (ns) => ns + delayNs);
  const identities: Identity[] = [
    { identity: 'run-delay', oursNs: ours.queuedNs, kernelNs: delayNs },
    { identity: 'run-delay-and-run-time', oursNs: ours.queuedNs + ours.onCpuNs, kernelNs: bothNs },
  ];
  if (after.hasQuota) {
    const kernelNs = difference(before.throttledNs, after.throttledNs);
    identities.push({ identity: 'throttled-time', oursNs: ours.throttledNs, kernelNs });
  }
  const oursNs = [...ours.stolenNs.values()].reduce((sum, ns) => sum + ns, 0);
  return [...identities, { identity: 'steal', oursNs, kernelNs: stealBetween(before, after, ours) }];
}

export function countsOf(before: LateReading, after: LateReading, ours: OurSums): CountIdentity[] {
  const switches = grownBetween(before.threads, after.threads, (one) => one.switches);
  return [
    { count: 'switches', ours: ours.switches, kernel: switches },
    {
      count: 'minor-faults',
      ours: ours.minorFaults,
      kernel: difference(before.minorFaults, after.minorFaults),
    },
    {
      count: 'major-faults',
      ours: ours.majorFaults,
      kernel: difference(before.majorFaults, after.majorFaults),
    },
  ];
}

/** Of the CPUs that we saw. */
function stealBetween(before: LateReading, after: LateReading, { stolenNs }: OurSums): Maybe<number> {
  if (isMissing(before.stealNs)) return before.stealNs;
  if (isMissing(after.stealNs)) return after.stealNs;
  let sum = 0;
  for (const cpu of stolenNs.keys())
    sum += Number((after.stealNs.get(cpu) ?? 0n) - (before.stealNs.get(cpu) ?? 0n));
  return sum;
}

function difference(before: Maybe<bigint>, after: Maybe<bigint>): Maybe<number> {
  if (isMissing(before)) return before;
  return mapMaybe(after, (value) => Number(value - before));
}
