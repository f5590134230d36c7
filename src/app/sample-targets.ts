/** Reads chosen processes again and again on a clock, or once for each moment of a capture. */
import { isMissing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { ProcessReading } from '../model/snapshot.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { HeldProcess } from './held-process.ts';
import type { OpenedHost } from './open-host.ts';
import type { SnapshotTaker } from './snapshot-taker.ts';

export interface Sample {
  /** CLOCK_MONOTONIC when the reading began. */
  readonly monotonicNs: bigint;
  /** After the baseline. */
  readonly sinceNs: number;
  /** null for a capture, which keeps no wall clock. */
  readonly unixMs: number | null;
  /** Of the targets that could still be read; one that waits to be reaped can. */
  readonly processes: ReadonlyMap<number, ProcessReading>;
  /** Targets that ended since the sample before. */
  readonly ended: readonly FoundTarget[];
  /** Intervals that were skipped because this process was not run in time. */
  readonly skipped: number;
}

export interface SamplePlan {
  readonly targets: readonly FoundTarget[];
  readonly everyNs: number;
  /** null: until the targets end or `signal` aborts. */
  readonly durationNs: number | null;
  readonly signal: AbortSignal;
  /** Reads all targets at once, where that is cheaper than one after the other; closed at the end. */
  readonly taker?: SnapshotTaker | null;
}

/** At half the interval and less, the part that is left is not worth a sample of its own. */
const WORTH_RATIO = 0.5;
/** Of the first interval, even a part is better than no measurement. */
const WORTH_FIRST_NS = 20e6;

/**
 * The first sample is the baseline. Deadlines are counted from it, so that they do not drift. Ends when all targets
 * have ended, the time is over, or the signal aborts; then the last sample may come earlier than its deadline.
 */
export async function* sampleTargets(
  { host, moments }: OpenedHost,
  clock: Clock,
  plan: SamplePlan,
): AsyncGenerator<Sample> {
  const readings = new TargetReadings(plan.targets);
  if (host.kind === 'captured') {
    for (const moment of moments) {
      const sinceNs = Number(moment.monotonicNs - (moments[0]?.monotonicNs ?? 0n));
      const { monotonicNs } = moment;
      const reader = new OneByOne(moment.host);
      yield { monotonicNs, sinceNs, unixMs: null, skipped: 0, ...readings.next(reader.readAnew()) };
      if (readings.allEnded) return;
    }
    return;
  }
  const reader = readerOf(host, plan);
  try {
    yield* sampleLive(reader, clock, plan, readings);
  } finally {
    reader.close();
    plan.taker?.close();
  }
}

async function* sampleLive(
  reader: TargetReader,
  clock: Clock,
  plan: SamplePlan,
  readings: TargetReadings,
): AsyncGenerator<Sample> {
  const beganNs = clock.monotonicNs();
  const sample = (monotonicNs: bigint, skipped: number): Sample => {
    const [sinceNs, unixMs] = [Number(monotonicNs - beganNs), clock.unixMs()];
    return { monotonicNs, sinceNs, unixMs, skipped, ...readings.next(reader.readAnew()) };
  };
  yield sample(beganNs, 0);
  let lastNs = 0;
  for (let deadlineNs = 0; !readings.allEnded && !isOver(lastNs, plan); ) {
    const nextNs = nextDeadline(Number(clock.monotonicNs() - beganNs), plan);
    const skipped = Math.max(0, Math.ceil((nextNs - deadlineNs) / plan.everyNs) - 1);
    deadlineNs = nextNs;
    const nowNs = await waitUntil(deadlineNs, beganNs, clock, plan.signal);
    const worthNs = lastNs === 0 ? WORTH_FIRST_NS : plan.everyNs * WORTH_RATIO;
    if (plan.signal.aborted && nowNs - lastNs < worthNs) return;
    lastNs = nowNs;
    yield sample(beganNs + BigInt(nowNs), skipped);
  }
}

/** A timer may fire up to a millisecond early; what was left would be an interval of its own. */
async function waitUntil(
  deadlineNs: number,
  beganNs: bigint,
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const nowNs = Number(clock.monotonicNs() - beganNs);
    if (nowNs >= deadlineNs || signal.aborted) return nowNs;
    await clock.sleep(deadlineNs - nowNs, signal);
  }
}

function isOver(lastNs: number, { durationNs, signal }: SamplePlan): boolean {
  return signal.aborted || (durationNs !== null && lastNs >= durationNs);
}

/** The next multiple of the interval, or the end of all where that is nearer. */
function nextDeadline(nowNs: number, { everyNs, durationNs }: SamplePlan): number {
  const nextNs = (Math.floor(nowNs / everyNs) + 1) * everyNs;
  // A last interval that would be very short is joined to the one before it.
  if (durationNs !== null && nextNs + everyNs * (1 - WORTH_RATIO) > durationNs) return durationNs;
  return nextNs;
}

/** Reads the targets, and forgets those that have ended: an id that comes back is another process. */
class TargetReadings {
  #alive: readonly FoundTarget[];
  /** Start of a thread that is asked for: the target holds that of its process only. */
  readonly #threadStarts = new Map<FoundTarget, bigint>();

  constructor(targets: readonly FoundTarget[]) {
    this.#alive = targets;
  }

  get allEnded(): boolean {
    return this.#alive.length === 0;
  }

  next(read: ReadTarget): Pick<Sample, 'processes' | 'ended'> {
    const processes = new Map<number, ProcessReading>();
    const ended = this.#alive.filter((target) => {
      const reading = this.#sameThread(target, read(target));
      if (reading !== null) processes.set(target.tgid, reading);
      return reading === null || hasEnded(reading);
    });
    this.#alive = this.#alive.filter((target) => !ended.includes(target));
    return { processes, ended };
  }

  #sameThread(target: FoundTarget, reading: ProcessReading | null): ProcessReading | null {
    const thread = reading?.threads.find((one) => one.tid === target.tid);
    if (thread === undefined) return reading;
    const knownTicks = this.#threadStarts.get(target) ?? thread.stat.startTicks;
    this.#threadStarts.set(target, knownTicks);
    return knownTicks === thread.stat.startTicks ? reading : null;
  }
}

/** null where it has ended; of a single thread, the process with that thread alone. */
type ReadTarget = (target: FoundTarget) => ProcessReading | null;

/** Close it, or end the process. */
interface TargetReader {
  /** What each sample calls to read anew. */
  readAnew(): ReadTarget;
  close(): void;
}

/** Leaves the taker open: it is lent. */
function readerOf(host: Host, { targets, taker }: Pick<SamplePlan, 'targets' | 'taker'>): TargetReader {
  if (taker === undefined || taker === null) return new OneByOne(host);
  const tgids = targets.map((target) => target.tgid);
  return {
    readAnew() {
      const all = taker.takeProcesses(tgids);
      return (target) => partOf(target, all.get(target.tgid));
    },
    close() {},
  };
}

class OneByOne implements TargetReader {
  readonly #host: Host;
  readonly #held = new Map<FoundTarget, HeldProcess>();

  constructor(host: Host) {
    this.#host = host;
  }

  readAnew(): ReadTarget {
    return (target) => {
      const held = this.#held.get(target) ?? new HeldProcess(this.#host, target.tgid, target.tid);
      this.#held.set(target, held);
      const reading = held.read();
      if (!isMissing(reading)) return partOf(target, reading);
      held.close();
      this.#held.delete(target);
      return null;
    };
  }

  close(): void {
    for (const held of this.#held.values()) held.close();
    this.#held.clear();
  }
}

function partOf(target: FoundTarget, reading: ProcessReading | undefined): ProcessReading | null {
  if (reading === undefined || reading.stat.startTicks !== target.startTicks) return null;
  if (target.tid === null) return reading;
  const threads = reading.threads.filter((thread) => thread.tid === target.tid);
  return threads.length === 0 ? null : { ...reading, threads };
}

/** A zombie, or dead: it can be read until its parent has waited for it. Not a main thread that left the others. */
function hasEnded({ stat }: ProcessReading): boolean {
  return /[ZX]/.test(stat.state) && stat.threads <= 1;
}

const MOST_MEASURES = 4;
const MEASURING_NS = 50e6;

/** What reading the targets once costs: the least of a few readings, because the first ones also warm up. */
export function measureReadNs(host: Host, clock: Clock, plan: Pick<SamplePlan, 'targets' | 'taker'>): number {
  const reader = readerOf(host, plan);
  const startNs = clock.monotonicNs();
  let leastNs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < MOST_MEASURES; count += 1) {
    const beganNs = clock.monotonicNs();
    const read = reader.readAnew();
    for (const target of plan.targets) read(target);
    const endNs = clock.monotonicNs();
    leastNs = Math.min(leastNs, Number(endNs - beganNs));
    if (Number(endNs - startNs) > MEASURING_NS) break;
  }
  reader.close();
  return leastNs;
}
