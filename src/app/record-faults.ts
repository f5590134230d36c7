/**
 * Records every page fault of a target with its latency: collected raw first, because whoever analyses beside the target
 * takes its CPU and its caches, and explained when all is detached again.
 */
import type { Host } from '../host/host.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { FaultMeasurement, FaultRecording } from '../model/faults/recording.ts';
import { TimeBase } from '../perf/time-base.ts';
import type { Clock } from './clock.ts';
import { collectFaults, cpuNsSince, type FaultSubject, tgidsOf } from './collect-faults.ts';
import type { FaultEngine } from './fault-events.ts';
import { FaultFile } from './fault-file.ts';
import { openRecordingEvents } from './recording-events.ts';
import { RememberedMaps } from './remembered-maps.ts';
import { replayFaults } from './replay-faults.ts';
import { resolveSymbols } from './resolve-symbols.ts';

export interface FaultRequest {
  readonly subject: FaultSubject;
  /** A program that was launched is ended then. */
  readonly durationNs: number;
  /** Ends the recording early; what was recorded counts. */
  readonly signal: AbortSignal;
  /** The callers of each fault too; costs the target about 1 µs a fault. */
  readonly callchains: boolean;
  /** Called when every fault counts from now on. */
  readonly started?: (() => void) | undefined;
  /** Every fault is kept in this file. */
  readonly out?: { readonly path: string; readonly force: boolean };
  /** The one way to take; by default the best possible. */
  readonly only?: FaultEngine | undefined;
  /** Of what takes the faults of each CPU. */
  readonly ringBytes?: number | undefined;
}

/**
 * Records until the time is over, the signal aborts, or every target has ended.
 * @throws KeelError as openFaultEvents and FaultFile do
 */
export async function recordFaults(host: Host, clock: Clock, request: FaultRequest): Promise<FaultRecording> {
  const { subject, out } = request;
  const collector = new FaultCollector();
  let file: FaultFile | null = null;
  try {
    if (out !== undefined) file = new FaultFile(out.path, out.force, collector.tables);
    const measured = await measure(host, clock, request, collector, file);
    const program = subject.kind === 'program' ? await subject.program.stop() : null;
    const recording = {
      ...measured,
      ...resolveSymbols(host, collector.tables.frames),
      summary: collector.summary(),
      stacks: collector.tables.stacks,
      weights: collector.weights(),
      program,
      cut: false,
    };
    file?.finish(recording);
    return recording;
  } finally {
    if (subject.kind === 'program') await subject.program.stop();
    file?.close();
  }
}

type Measured = Omit<FaultMeasurement, 'program'>;

async function measure(
  host: Host,
  clock: Clock,
  request: FaultRequest,
  collector: FaultCollector,
  file: FaultFile | null,
): Promise<Measured> {
  const { subject, callchains } = request;
  const source = openRecordingEvents(host, {
    tgids: tgidsOf(subject),
    callchains,
    enableOnExec: subject.kind === 'program',
    only: request.only,
    ringBytes: request.ringBytes,
  });
  file?.begin({
    startedUnixMs: clock.unixMs(),
    release: host.facts.release,
    arch: host.facts.arch,
    callchains,
    obtainedBy: source.obtainedBy,
  });
  const base = new TimeBase(clock.monotonicNs());
  const maps = new RememberedMaps(host);
  using collected = await collectFaults(host, clock, { ...request, source, base, maps });
  const began = process.cpuUsage();
  const result = replayFaults(collected, { base, maps, tables: collector.tables }, (fault) => {
    collector.add(fault);
    file?.add(fault);
  });
  return { ...result, analysisCpuNs: cpuNsSince(began) };
}
