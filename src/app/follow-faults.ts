/** Follows the page faults of targets as they happen: those over a limit, a batch at a time. */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { FaultMeasurement } from '../model/faults/recording.ts';
import type { FrameName } from '../model/stacks/names.ts';
import type { Clock } from './clock.ts';
import type { TracedFault } from './explain-faults.ts';
import { type FaultEngine, type FaultFilter, type FaultSource, openFaultEvents } from './fault-events.ts';
import { FaultRecorder } from './fault-recorder.ts';
import type { FoundTarget } from './find-targets.ts';
import { LivingTargets } from './living-targets.ts';
import { FrameNames } from './name-frames.ts';

/** Where nothing else is said, lines appear this late; a person does not see the difference, and a terminal is written to less often. */
const BATCH_NS = 100e6;

export interface FollowRequest {
  /** null for the whole machine, keel itself left out. */
  readonly targets: readonly FoundTarget[] | null;
  readonly filter: FaultFilter;
  readonly durationNs: number;
  readonly signal: AbortSignal;
  readonly only?: FaultEngine | undefined;
  /** Of the ring of each CPU. */
  readonly ringBytes?: number | undefined;
  /** The callers of the code that faulted, too. */
  readonly callchains?: boolean;
  /** How often rings are emptied, and how often what was in them is told. */
  readonly pace?: { readonly drainEveryNs: number; readonly batchEveryNs: number };
}

export interface FollowedFault extends TracedFault {
  /** Of the thread; null where it ended before it could be asked. */
  readonly comm: string | null;
  /** The code that faulted: of the kernel, where it was executed for the thread. null where the kernel did not tell. */
  readonly code: FrameName | null;
  /** That code and, with `callchains`, its callers: the innermost first. */
  readonly frames: readonly FrameName[];
  /** When it began. */
  readonly monotonicNs: bigint;
  readonly unixMs: number;
}

export type Followed =
  | { readonly kind: 'started'; readonly source: Pick<FaultSource, 'obtainedBy' | 'because' | 'sampling'> }
  | {
      readonly kind: 'batch';
      /** In the order of their completion. */
      readonly faults: readonly FollowedFault[];
      /** Records that came and that were lost since the start. */
      readonly records: number;
      readonly lost: number;
      /** After the start. */
      readonly sinceNs: number;
    }
  | {
      readonly kind: 'ended';
      readonly target: FoundTarget;
      readonly sinceNs: number;
      readonly unixMs: number;
    }
  | { readonly kind: 'finished'; readonly measured: Omit<FaultMeasurement, 'program'> };

/**
 * Until the time is over, the signal aborts, or every target has ended. Detaches however the caller's loop ends.
 * @throws KeelError as openFaultEvents does
 */
export async function* followFaults(
  host: Host,
  clock: Clock,
  request: FollowRequest,
): AsyncGenerator<Followed> {
  const { targets, filter, only, ringBytes, callchains = false, pace } = request;
  const tgids = targets?.map((target) => target.tgid) ?? null;
  const scope = { tgids, callchains, enableOnExec: false, filter, only, ringBytes };
  const source = openFaultEvents(host, scope);
  let faults: TracedFault[] = [];
  const take = (fault: TracedFault) => {
    if (passes(fault, filter) && (targets !== null || fault.tgid !== process.pid)) faults.push(fault);
  };
  const { tables } = new FaultCollector();
  const recorder = new FaultRecorder(host, source, clock, tables, take);
  const stop = new AbortController();
  const living = new LivingTargets(host, targets);
  const beganNs = clock.monotonicNs();
  const naming = { recorder, code: new FrameNames(host, tables), unixMs: clock.unixMs(), beganNs };
  let over = false;
  const running = recorder
    .run({
      durationNs: request.durationNs,
      signal: AbortSignal.any([request.signal, stop.signal]),
      isLiving: () => living.some(),
      start: () => source.rings.enable(),
      drainEveryNs: pace?.drainEveryNs,
    })
    .finally(() => {
      over = true;
    });
  try {
    yield { kind: 'started', source };
    for (;;) {
      await Promise.race([running, clock.sleep(pace?.batchEveryNs ?? BATCH_NS, request.signal)]);
      const sinceNs = Number(clock.monotonicNs() - beganNs);
      const taken = faults;
      faults = [];
      yield { kind: 'batch', faults: withNames(host, taken, naming), sinceNs, ...recorder.progress };
      for (const target of living.takeEnded())
        yield { kind: 'ended', target, sinceNs, unixMs: clock.unixMs() };
      if (over || request.signal.aborted) break;
    }
    yield { kind: 'finished', measured: await running };
  } finally {
    stop.abort();
    await running;
  }
}

function passes(fault: TracedFault, { overNs, majorOnly }: FaultFilter): boolean {
  return fault.latencyNs >= overNs && (!majorOnly || fault.kind === 'major');
}

interface Naming {
  readonly code: FrameNames;
  readonly recorder: FaultRecorder;
  readonly unixMs: number;
  readonly beganNs: bigint;
}

/** Names are asked for once in a batch: threads rename themselves, and end. */
function withNames(host: Host, faults: readonly TracedFault[], naming: Naming): FollowedFault[] {
  const names = new Map<number, string | null>();
  const frames = naming.code.whole(faults.map((fault) => fault.stack));
  return faults.map((fault, i) => {
    const { tid, tgid } = fault;
    if (!names.has(tid)) names.set(tid, orNull(host.read(threadStat, { pid: tgid, tid }))?.comm ?? null);
    const monotonicNs = naming.recorder.baseNs + BigInt(Math.round(fault.timeNs));
    const unixMs = naming.unixMs + Number(monotonicNs - naming.beganNs) / 1e6;
    const own = frames[i] ?? [];
    return { ...fault, comm: names.get(tid) ?? null, code: own[0] ?? null, frames: own, monotonicNs, unixMs };
  });
}
