/** Frames of processes on a clock, or one for each moment of a capture but the first: what is watched and recorded. */
import { missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import { processStatus } from '../kernel/task/status.ts';
import {
  computeFrame,
  type FoldedLatencies,
  type FrameContext,
  type WatchReading,
} from '../model/watch/compute-frame.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import { distancesOf } from '../model/watch/moves.ts';
import type { Clock } from './clock.ts';
import type { OpenedHost } from './open-host.ts';
import { openCgroups } from './read-cgroup.ts';
import { readTopology } from './read-topology.ts';
import { type Sample, type SamplePlan, sampleTargets } from './sample-targets.ts';
import { readMachine } from './take-snapshot.ts';
import { AffinityWatch } from './watch-affinity.ts';
import type { ChangeWatch } from './watch-changes.ts';
import { WatchJudge } from './watch-judge.ts';
import { openLatencyWatch } from './watch-latencies.ts';

/** `everyNs` is read before each interval: a getter may change the pace. */
export interface WatchFramesPlan extends SamplePlan {
  /** Single waits and faults from the kernel too, where it lets us. */
  readonly latencies: boolean;
  /** The findings of the rules, too. They read all tasks now and then. */
  readonly judged: boolean;
  /** What keel changed meanwhile is asked here, before each frame. */
  readonly changes?: ChangeWatch;
}

/** A tenth of the frame of a game, and far above what memory alone takes. */
const LATE_OVER_NS = 1e6;

const NOT_ASKED = missing('absent', 'changes', 'not asked for');
const NOT_JUDGED = missing('absent', 'findings', 'not asked for');

/** The first frame comes after one interval. Ends as `sampleTargets` does. */
export async function* watchFrames(
  opened: OpenedHost,
  clock: Clock,
  plan: WatchFramesPlan,
): AsyncGenerator<WatchFrame> {
  const { host, moments } = opened;
  const isLive = host.kind === 'live';
  const tgids = plan.targets.map((target) => target.tgid);
  const latencies = openLatencyWatch(host, plan.latencies ? tgids : [], LATE_OVER_NS);
  const judge = plan.judged ? new WatchJudge(host, clock, plan.targets) : null;
  const context: Omit<FrameContext, 'judgement' | 'latencies'> = {
    units: unitsOf(host, tgids),
    distance: distancesOf(readTopology(host)),
    obtainedBy: plan.taker?.obtainedBy ?? 'proc',
  };
  try {
    let before: WatchReading | undefined;
    const affinity = new AffinityWatch();
    let at = 0;
    for await (const sample of sampleTargets(opened, clock, plan)) {
      const hostNow = isLive ? host : (moments[at]?.host ?? host);
      at += 1;
      const changes = (await plan.changes?.read()) ?? NOT_ASKED;
      const affinities = affinity.at(hostNow, sample.processes.values());
      const reading = { ...readAround(hostNow, sample), affinities, changes };
      const taken = new Map(tgids.map((tgid) => [tgid, latencies.take(tgid)]));
      const judgement = judge?.at(hostNow, reading.monotonicNs) ?? NOT_JUDGED;
      const latenciesOf = (tgid: number) => taken.get(tgid) as FoldedLatencies;
      if (before !== undefined)
        yield computeFrame(before, reading, { ...context, judgement, latencies: latenciesOf });
      before = reading;
    }
  } finally {
    latencies.close();
    judge?.close();
  }
}

/** The rest of a reading, right after its processes. */
function readAround(host: Host, sample: Sample): Omit<WatchReading, 'affinities' | 'changes'> {
  const tgids = [...sample.processes.keys()];
  return {
    monotonicNs: sample.monotonicNs,
    unixMs: sample.unixMs,
    skippedIntervals: sample.skipped,
    processes: sample.processes,
    ended: sample.ended,
    status: new Map(tgids.map((tgid) => [tgid, host.read(processStatus, { pid: tgid })])),
    machine: readMachine(host),
    memory: host.read(machineMemory),
    ownRunNs: host.kind === 'live' ? ownRunNs() : null,
  };
}

function ownRunNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function unitsOf(host: Host, tgids: readonly number[]): ReadonlyMap<number, string> {
  const cgroups = openCgroups(host);
  return new Map(
    tgids.flatMap((tgid) => {
      const group = cgroups.of(tgid);
      return 'unit' in group && group.unit !== null ? [[tgid, group.unit] as const] : [];
    }),
  );
}
