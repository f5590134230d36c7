/** The second half of a recording: what was collected raw becomes faults, in the order in which they ended. */
import { isMissing, orNull } from '../base/missing.ts';
import type { FaultCollector } from '../model/faults/collector.ts';
import type { FaultMeasurement } from '../model/faults/recording.ts';
import { FaultRecordDecoder } from '../perf/fault-records.ts';
import { FAULT_ROLES } from '../perf/fault-samples.ts';
import type { CollectedFaults } from './collect-faults.ts';
import { FaultExplainer } from './explain-faults.ts';
import { unpairedOf } from './fault-recorder.ts';
import { FaultStream } from './fault-stream.ts';
import { RECORD_SHAPE } from './load-fault-records.ts';

/** @param collector is given every fault */
export function replayFaults(
  collected: CollectedFaults,
  collector: FaultCollector,
): Omit<FaultMeasurement, 'program' | 'analysisCpuNs'> {
  const { base, maps, nodes } = collected;
  const explainer = new FaultExplainer(maps.host, collector.tables, orNull(nodes));
  const stream = new FaultStream(base, collected.decoders, {
    explainer,
    each: (fault) => collector.add(explainer.explain(fault)),
    eachWhole: (faults, row) => explainer.explainInto(collector.roomForOne(), faults, row),
    comesTo(timeNs) {
      maps.nowNs = timeNs;
    },
  });
  replaySpans(collected, stream);
  const { sampling, elapsedNs, counted, obtainedBy, ownCpuNs } = collected;
  return {
    elapsedNs,
    counted,
    ...lossOf(collected, stream),
    userOnly: sampling.excludeKernel,
    callchains: sampling.callchains,
    obtainedBy,
    withoutNodes: isMissing(nodes) ? nodes : null,
    ownCpuNs,
  };
}

/** Spans of one look have one limit: when the next look begins, all that is older than the limit has come. */
function replaySpans({ base, spool, visit, recordsFrom }: CollectedFaults, stream: FaultStream): void {
  const whole = new FaultRecordDecoder(RECORD_SHAPE, base);
  let limitNs = Number.NEGATIVE_INFINITY;
  for (const span of spool.spans()) {
    if (span.limitNs > limitNs) stream.advance(limitNs);
    limitNs = span.limitNs;
    if (recordsFrom !== null && span.source >= recordsFrom) whole.decode(span.words, stream.whole);
    else visit(span.words, (record, name) => stream.take(record, name));
  }
  stream.advance(Number.POSITIVE_INFINITY);
}

/** Counts of the kernel less what came: exact also for a ring that was full when it ended. */
function lossOf(collected: CollectedFaults, stream: FaultStream) {
  const { counted, orphans, recordsFrom, obtainedBy } = collected;
  if (recordsFrom !== null) {
    const unserved = Math.max(0, Number(counted.entry - counted.minor - counted.major));
    return { lost: collected.lost ?? 0, unpaired: unserved + orphans, addressMismatches: 0 };
  }
  const missingSamples = FAULT_ROLES.reduce(
    (sum, role) => sum + Math.max(0, Number(counted[role]) - stream.samples[role]),
    0,
  );
  const told = Math.max(stream.lost, collected.lost ?? 0);
  return { lost: obtainedBy === 'ring' ? missingSamples : told, ...unpairedOf(stream) };
}
