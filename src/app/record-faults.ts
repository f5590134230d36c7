/**
 * Records every page fault of a target with its latency: collected raw first, because whoever analyses beside the target
 * takes its CPU and its caches, and explained when all is detached again.
 */
import type { Host } from '../host/host.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import type { FaultMeasurement, FaultRecording } from '../model/faults/recording.ts';
import type { Clock } from './clock.ts';
import { type CollectRequest, collectFaults, cpuNsSince } from './collect-faults.ts';
import { FaultFile } from './fault-file.ts';
import { replayFaults } from './replay-faults.ts';
import { resolveSymbols } from './resolve-symbols.ts';

export interface FaultRequest extends CollectRequest {
  /** Every fault is kept in this file. */
  readonly out?: { readonly path: string; readonly force: boolean };
}

/**
 * Records until the time is over, the signal aborts, or every target has ended.
 * @throws KeelError as openFaultEvents, collectFaults and FaultFile do
 */
export async function recordFaults(host: Host, clock: Clock, request: FaultRequest): Promise<FaultRecording> {
  const { subject, out } = request;
  let file: FaultFile | null = null;
  const collector = new FaultCollector((batch) => file?.addBatch(batch));
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
      damaged: false,
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
  const startedUnixMs = clock.unixMs();
  using collected = await collectFaults(host, clock, request);
  const began = process.cpuUsage();
  file?.begin({
    startedUnixMs,
    release: host.facts.release,
    arch: host.facts.arch,
    callchains: request.callchains,
    obtainedBy: collected.obtainedBy,
  });
  const result = replayFaults(collected, collector);
  return { ...result, analysisCpuNs: cpuNsSince(began) };
}
