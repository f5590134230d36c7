/** The second half of a recording: what was collected raw becomes faults, in the order in which they ended. */
import type { FaultMeasurement } from '../model/faults/recording.ts';
import type { StackTables } from '../model/stacks/code-of-process.ts';
import { FaultRecordDecoder } from '../perf/fault-records.ts';
import { FAULT_ROLES } from '../perf/fault-samples.ts';
import type { TimeBase } from '../perf/time-base.ts';
import type { CollectedFaults } from './collect-faults.ts';
import { FaultExplainer, type TracedFault } from './explain-faults.ts';
import { unpairedOf } from './fault-recorder.ts';
import { FaultStream } from './fault-stream.ts';
import { RECORD_SHAPE } from './load-fault-records.ts';
import type { RememberedMaps } from './remembered-maps.ts';

export interface ReplayOptions {
  readonly base: TimeBase;
  /** Mappings as they were. */
  readonly maps: RememberedMaps;
  /** What the stacks of faults are numbers of. */
  readonly tables: StackTables;
}

/** @param each is told every fault */
export function replayFaults(
  collected: CollectedFaults,
  { base, maps, tables }: ReplayOptions,
  each: (fault: TracedFault) => void,
): Omit<FaultMeasurement, 'program' | 'analysisCpuNs'> {
  const stream = new FaultStream(base, collected.decoders, {
    explainer: new FaultExplainer(maps.host, tables),
    each,
    comesTo(timeNs) {
      maps.nowNs = timeNs;
    },
  });
  replaySpans(collected, base, stream);
  const { source, elapsedNs, counted, ownCpuNs } = collected;
  return {
    elapsedNs,
    counted,
    ...lossOf(collected, stream),
    userOnly: source.sampling.excludeKernel,
    callchains: source.sampling.callchains,
    obtainedBy: source.obtainedBy,
    ownCpuNs,
  };
}

/** Spans of one look have one limit: when the next look begins, all that is older than the limit has come. */
function replaySpans(
  { spool, visit, recordsBehind }: CollectedFaults,
  base: TimeBase,
  stream: FaultStream,
): void {
  const whole = new FaultRecordDecoder(RECORD_SHAPE, base);
  let limitNs = Number.NEGATIVE_INFINITY;
  for (const span of spool.spans()) {
    if (span.limitNs > limitNs) stream.advance(limitNs);
    limitNs = span.limitNs;
    if (recordsBehind !== null && span.source >= recordsBehind)
      whole.visit(span.words, (fault) => stream.takeServed(fault));
    else visit(span.words, (record, name) => stream.take(record, name));
  }
  stream.advance(Number.POSITIVE_INFINITY);
}

/** Counts of the kernel less what came: exact also for a ring that was full when it ended. */
function lossOf(collected: CollectedFaults, stream: FaultStream) {
  const { counted, orphans, recordsBehind, source } = collected;
  if (recordsBehind !== null) {
    const unserved = Math.max(0, Number(counted.entry - counted.minor - counted.major));
    return { lost: collected.lost ?? 0, unpaired: unserved + orphans, addressMismatches: 0 };
  }
  const missingSamples = FAULT_ROLES.reduce(
    (sum, role) => sum + Math.max(0, Number(counted[role]) - stream.samples[role]),
    0,
  );
  const told = Math.max(stream.lost, collected.lost ?? 0);
  return { lost: source.obtainedBy === 'ring' ? missingSamples : told, ...unpairedOf(stream) };
}
