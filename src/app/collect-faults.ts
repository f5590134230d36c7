/** The first half of a recording: everything is attached, collected raw, and detached again. Nothing is looked at yet. */
import { tmpdir } from 'node:os';
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import type { PageNodes } from '../model/faults/page-nodes.ts';
import type { FaultMeasurement } from '../model/faults/recording.ts';
import type { FaultSampling } from '../perf/fault-samples.ts';
import { TimeBase } from '../perf/time-base.ts';
import type { Clock } from './clock.ts';
import type { CollectorPlan } from './collecting.ts';
import { Collector } from './collector.ts';
import type { FaultDecoders, FaultEngine } from './fault-events.ts';
import type { LaunchedProgram } from './launch-program.ts';
import { RECORD_SHAPE } from './load-fault-records.ts';
import { readPageNodes } from './page-nodes.ts';
import { openRecordingEvents, type RecordingSource } from './recording-events.ts';
import { RememberedMaps } from './remembered-maps.ts';
import type { Spool, SpoolOptions } from './spool.ts';

/** Whether the targets still live is looked at this often. */
const CHECK_EVERY_NS = 200e6;
/** Some million faults; what comes behind goes to a file. */
const SPOOL_MEMORY_BYTES = 64 * 1024 * 1024;

export type FaultSubject =
  | { readonly kind: 'machine' }
  | { readonly kind: 'processes'; readonly tgids: readonly number[] }
  /** Recorded from its first instruction until it ends. */
  | { readonly kind: 'program'; readonly program: LaunchedProgram };

export interface CollectRequest {
  readonly subject: FaultSubject;
  /** A program that was launched is ended then. */
  readonly durationNs: number;
  /** Ends the recording early; what was recorded counts. */
  readonly signal: AbortSignal;
  /** The callers of each fault too; costs the target about 0.6 µs a fault. */
  readonly callchains: boolean;
  /** Called when every fault counts from now on. */
  readonly started?: (() => void) | undefined;
  /** The one way to take; by default the best possible. */
  readonly only?: FaultEngine | undefined;
  /** Of what takes the faults of each CPU. */
  readonly ringBytes?: number | undefined;
  readonly spool?: SpoolOptions | undefined;
}

/** What was collected, to be worked through by replayFaults. */
export interface CollectedFaults extends Disposable {
  readonly spool: Spool;
  /** Times are counted from here. */
  readonly base: TimeBase;
  /** The mappings of the processes as they were. */
  readonly maps: RememberedMaps;
  readonly sampling: FaultSampling;
  /** Which memory is of which node. */
  readonly nodes: Maybe<PageNodes>;
  readonly obtainedBy: FaultEngine;
  readonly decoders: FaultDecoders;
  /** Sources from this number on hold whole faults; null where all are perf rings. */
  readonly recordsFrom: number | null;
  /** Visits the records of a span of a perf ring. */
  readonly visit: ReturnType<RecordingSource['rings']['visitor']>;
  readonly elapsedNs: number;
  readonly counted: FaultMeasurement['counted'];
  /** What the kernel, or the program, says; null where nobody does. */
  readonly lost: number | null;
  /** Completions without a beginning, of whole faults. */
  readonly orphans: number;
  /** CPU time of keel meanwhile. */
  readonly ownCpuNs: number;
}

/**
 * Until the time is over, the signal aborts, or every target has ended.
 * @throws KeelError as openFaultEvents does; E_IO, E_INTERNAL where collecting failed. Nothing is attached any more then
 */
export async function collectFaults(
  host: Host,
  clock: Clock,
  request: CollectRequest,
): Promise<CollectedFaults> {
  const collector = new Collector();
  let source: RecordingSource | undefined;
  try {
    source = openRecordingEvents(host, {
      tgids: tgidsOf(request.subject),
      callchains: request.callchains,
      enableOnExec: request.subject.kind === 'program',
      only: request.only,
      ringBytes: request.ringBytes,
    });
    return await collectFrom(source, collector, { host, clock, request });
  } catch (error) {
    await collector.abandon();
    throw error;
  } finally {
    source?.rings.close();
  }
}

interface Circumstances {
  readonly host: Host;
  readonly clock: Clock;
  readonly request: CollectRequest;
}

async function collectFrom(
  source: RecordingSource,
  collector: Collector,
  { host, clock, request }: Circumstances,
): Promise<CollectedFaults> {
  const { subject } = request;
  const base = new TimeBase(clock.monotonicNs());
  const maps = new RememberedMaps(host);
  const plan = planOf(source, base, request.spool);
  await collector.start(plan, (processes) => maps.rememberAll(processes));
  for (const tgid of tgidsOf(subject) ?? []) maps.remember(tgid);
  const cpu = process.cpuUsage();
  const began = clock.monotonicNs();
  if (subject.kind === 'program') subject.program.start();
  else source.rings.enable();
  request.started?.();
  await over(host, clock, request, collector.broken);
  source.rings.disable();
  const elapsedNs = Number(clock.monotonicNs() - began);
  const spool = await collector.finish();
  return {
    spool,
    base,
    maps,
    sampling: source.sampling,
    nodes: readPageNodes(host, source.sampling),
    obtainedBy: source.obtainedBy,
    decoders: source.decoders(base),
    visit: source.rings.visitor(),
    ...countsOf(source),
    elapsedNs,
    ownCpuNs: cpuNsSince(cpu),
    [Symbol.dispose]: () => spool.close(),
  };
}

/** Asked while the events are open, when they are disabled and all was taken. */
function countsOf({ rings, records }: RecordingSource) {
  const totals = records?.totals() ?? null;
  const ringsLost = rings.lost;
  return {
    counted: { entry: rings.count('entry'), minor: rings.count('minor'), major: rings.count('major') },
    lost: totals?.lost ?? (ringsLost === null ? null : Number(ringsLost)),
    orphans: totals?.orphans ?? 0,
    recordsFrom: records === null ? null : rings.descriptors.length,
  };
}

function planOf(source: RecordingSource, base: TimeBase, spool: SpoolOptions | undefined): CollectorPlan {
  const { rings, records, wholeMachine } = source;
  return {
    rings: rings.descriptors,
    pageBytes: rings.pageBytes,
    buffers: records === null ? null : { shape: records.shape, cpus: records.onlineCpus },
    records: records === null ? null : RECORD_SHAPE,
    layout: source.decoders(base).layout,
    baseNs: base.baseNs,
    everyProcess: wholeMachine,
    spool: spool ?? { memoryBytes: SPOOL_MEMORY_BYTES, folder: tmpdir() },
  };
}

/** Resolves when it is time to stop. */
async function over(
  host: Host,
  clock: Clock,
  { subject, durationNs, signal }: CollectRequest,
  broken: AbortSignal,
): Promise<void> {
  const ended = subject.kind === 'program' ? [subject.program.ended] : [];
  const any = AbortSignal.any([signal, broken, ...ended]);
  const began = clock.monotonicNs();
  for (let atNs = 0; atNs < durationNs && !any.aborted; atNs = Number(clock.monotonicNs() - began)) {
    if (subject.kind === 'processes' && !hasLiving(host, subject.tgids)) return;
    await clock.sleep(Math.min(CHECK_EVERY_NS, durationNs - atNs), any);
  }
}

function hasLiving(host: Host, tgids: readonly number[]): boolean {
  return tgids.some((pid) => !isMissing(host.read(processStat, { pid })));
}

/** CPU time of this process, all its threads, since `before`. */
export function cpuNsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

/** null for the whole machine. */
export function tgidsOf(subject: FaultSubject): readonly number[] | null {
  if (subject.kind === 'machine') return null;
  return subject.kind === 'processes' ? subject.tgids : [subject.program.tgid];
}
