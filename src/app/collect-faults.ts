/** The first half of a recording: everything is attached, collected raw, and detached again. Nothing is looked at yet. */
import { tmpdir } from 'node:os';
import { isMissing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import type { FaultMeasurement } from '../model/faults/recording.ts';
import type { TimeBase } from '../perf/time-base.ts';
import type { Clock } from './clock.ts';
import type { CollectorPlan } from './collecting.ts';
import { Collector } from './collector.ts';
import type { FaultDecoders } from './fault-events.ts';
import type { LaunchedProgram } from './launch-program.ts';
import { RECORD_SHAPE } from './load-fault-records.ts';
import type { RecordingSource } from './recording-events.ts';
import type { RememberedMaps } from './remembered-maps.ts';
import type { Spool } from './spool.ts';

/** Whether the targets still live is looked at this often. */
const CHECK_EVERY_NS = 200e6;
/** Some million faults; what comes behind goes to a file. */
const SPOOL_MEMORY_BYTES = 64 * 1024 * 1024;

export type FaultSubject =
  | { readonly kind: 'machine' }
  | { readonly kind: 'processes'; readonly tgids: readonly number[] }
  /** Recorded from its first instruction until it ends. */
  | { readonly kind: 'program'; readonly program: LaunchedProgram };

/** What was collected, to be worked through by replayFaults. */
export interface CollectedFaults extends Disposable {
  readonly spool: Spool;
  readonly source: Pick<RecordingSource, 'sampling' | 'obtainedBy'>;
  readonly decoders: FaultDecoders;
  /** The spans behind these sources hold whole faults; null where all are of perf rings. */
  readonly recordsBehind: number | null;
  /** Visits the records of a span of a perf ring. */
  readonly visit: ReturnType<RecordingSource['rings']['visitor']>;
  readonly elapsedNs: number;
  readonly counted: FaultMeasurement['counted'];
  /** What the kernel and the program say; null where nobody does. */
  readonly lost: number | null;
  /** Completions without a beginning, of whole faults. */
  readonly orphans: number;
  /** CPU time of keel meanwhile. */
  readonly ownCpuNs: number;
}

export interface CollectOptions {
  readonly subject: FaultSubject;
  readonly durationNs: number;
  readonly signal: AbortSignal;
  /** Called when every fault counts from now on. */
  readonly started?: (() => void) | undefined;
  /** Is closed, however it ends. */
  readonly source: RecordingSource;
  readonly base: TimeBase;
  /** Is told what processes to remember while they live. */
  readonly maps: RememberedMaps;
}

/**
 * Until the time is over, the signal aborts, or every target has ended.
 * @throws KeelError E_IO, E_INTERNAL where collecting failed; nothing is attached any more then
 */
export async function collectFaults(
  host: Host,
  clock: Clock,
  options: CollectOptions,
): Promise<CollectedFaults> {
  const { source, base, maps } = options;
  try {
    const collector = await Collector.start(planOf(source, base), (processes) => maps.rememberAll(processes));
    try {
      return await collectWith(collector, host, clock, options);
    } catch (error) {
      const spool = await collector.finish().catch(() => null);
      spool?.close();
      throw error;
    }
  } finally {
    source.rings.close();
  }
}

async function collectWith(
  collector: Collector,
  host: Host,
  clock: Clock,
  options: CollectOptions,
): Promise<CollectedFaults> {
  const { subject, source, base, maps } = options;
  for (const tgid of tgidsOf(subject) ?? []) maps.remember(tgid);
  const cpu = process.cpuUsage();
  const began = clock.monotonicNs();
  if (subject.kind === 'program') subject.program.start();
  else source.rings.enable();
  options.started?.();
  await over(host, clock, { ...options, broken: collector.broken });
  source.rings.disable();
  const elapsedNs = Number(clock.monotonicNs() - began);
  const spool = await collector.finish();
  return {
    spool,
    source: { sampling: source.sampling, obtainedBy: source.obtainedBy },
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
    recordsBehind: records === null ? null : rings.descriptors.length,
  };
}

function planOf(source: RecordingSource, base: TimeBase): CollectorPlan {
  const { rings, records, wholeMachine } = source;
  return {
    rings: rings.descriptors,
    pageBytes: rings.pageBytes,
    buffers: records === null ? null : { shape: records.shape, cpus: records.onlineCpus },
    records: records === null ? null : RECORD_SHAPE,
    layout: source.decoders(base).layout,
    baseNs: base.baseNs,
    everyProcess: wholeMachine,
    spool: { memoryBytes: SPOOL_MEMORY_BYTES, folder: tmpdir() },
  };
}

/** Resolves when it is time to stop. */
async function over(
  host: Host,
  clock: Clock,
  { subject, durationNs, signal, broken }: CollectOptions & { readonly broken: AbortSignal },
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
