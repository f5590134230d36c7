/** Watches one process and the machine around it: cut into short intervals, and as one window. */

import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import type { ProcessWork } from '../diagnosis/classifier.ts';
import { type Classification, classify } from '../diagnosis/classify.ts';
import type { Host } from '../host/host.ts';
import { interrupts } from '../kernel/irq/interrupts.ts';
import { processIo, type TaskIo } from '../kernel/task/io.ts';
import { difference, perSec } from '../model/difference.ts';
import { allowedAnywhere, type ProcessCheck } from '../model/process-check.ts';
import { WorkCollector } from '../model/thread-work.ts';
import type { GroupThrottling } from '../model/throttling.ts';
import { checkTargets } from './check-process.ts';
import type { Clock } from './clock.ts';
import { startCacheMissCount } from './count-cache-misses.ts';
import type { FoundTarget } from './find-targets.ts';
import { firstAndLast } from './moments.ts';
import type { OpenedHost } from './open-host.ts';
import { sampleTargets } from './sample-targets.ts';
import { takerFor } from './snapshot-taker.ts';
import { type Watched, watchWindow } from './watch-window.ts';

export interface MeasurePlan {
  readonly target: FoundTarget;
  readonly durationNs: number;
  readonly everyNs: number;
  readonly signal: AbortSignal;
}

export interface MeasuredWork {
  readonly target: FoundTarget;
  /** As it stood at the end. */
  readonly process: ProcessCheck;
  readonly work: ProcessWork;
  readonly classification: Classification;
  readonly watched: Watched;
  /** Of devices, by CPU. */
  readonly interruptsPerSec: Maybe<ReadonlyMap<number, number>>;
  /** The host to read the rest of the machine from: the last moment of a capture. */
  readonly host: Host;
}

/**
 * @throws KeelError E_GONE where the target ends meanwhile, E_INTERRUPTED where too little was seen before a signal,
 * E_USAGE for a capture of a single moment
 */
export async function measureWork(
  opened: OpenedHost,
  clock: Clock,
  plan: MeasurePlan,
): Promise<MeasuredWork> {
  const [first, last] = ends(opened);
  const live = opened.host.kind === 'live';
  const misses = live ? startCacheMissCount(opened.host, [plan.target.tgid]) : null;
  const [before, interruptsBefore] = [
    first.read(processIo, { pid: plan.target.tgid }),
    first.read(interrupts),
  ];
  const over = new AbortController();
  const signal = AbortSignal.any([plan.signal, over.signal]);
  const collector = new WorkCollector();
  const collecting = collect(opened, clock, plan, collector).finally(() => over.abort());
  const watched = await watchWindow(opened, clock, { ...plan, signal, targets: [plan.target] });
  await collecting;
  const cacheMisses = misses?.finish() ?? missing('not-captured', 'perf_event_open');
  const process = checkTargets(last, [plan.target], { memoryByNode: false }).checked[0]?.process;
  if (process === undefined) throw ended(plan.target);
  if (collector.readings < 2) throw new KeelError('E_INTERRUPTED', { what: TOO_SHORT });
  const io = storagePerSec(before, last.read(processIo, { pid: plan.target.tgid }), watched);
  const work = workOf(plan.target, process, collector, watched, { storage: io, cacheMisses });
  return {
    target: plan.target,
    process,
    work,
    classification: classify(work),
    watched,
    interruptsPerSec: perCpu(interruptsBefore, last.read(interrupts), watched.window.interval.elapsedNs),
    host: last,
  };
}

const TOO_SHORT = {
  en: 'interrupted before the first interval was over; nothing is known yet',
  ko: '첫 구간이 끝나기 전에 중단되어 아직 알 수 있는 것이 없습니다',
};

function ends(opened: OpenedHost): readonly [Host, Host] {
  if (opened.host.kind === 'live') return [opened.host, opened.host];
  const [first, last] = firstAndLast(opened);
  return [first.host, last.host];
}

async function collect(
  opened: OpenedHost,
  clock: Clock,
  { target, everyNs, durationNs, signal }: MeasurePlan,
  collector: WorkCollector,
): Promise<void> {
  const taker = opened.host.kind === 'live' ? takerFor(opened.host, [target], undefined) : null;
  const plan = { targets: [target], everyNs, durationNs, signal, taker };
  for await (const { monotonicNs, processes } of sampleTargets(opened, clock, plan)) {
    const reading = processes.get(target.tgid);
    if (reading !== undefined) collector.add(monotonicNs, reading);
  }
}

function workOf(
  target: FoundTarget,
  process: ProcessCheck,
  collector: WorkCollector,
  { window }: Watched,
  counted: Pick<ProcessWork, 'storage' | 'cacheMisses'>,
): ProcessWork {
  const elapsedNs = window.interval.elapsedNs;
  const stalls = window.stalls ?? missing('absent', 'page faults');
  const cpus = target.tid === null ? allowedAnywhere(process) : allowedOf(process, target.tid);
  return {
    tgid: target.tgid,
    comm: process.comm,
    elapsedNs,
    intervals: collector.readings - 1,
    threads: collector.threads(),
    usableCpus: Math.max(1, cpus.size),
    throttling: mapMaybe(window.throttling, (groups) => mostStopped(groups, target.tgid)),
    faultStallPct: mapMaybe(stalls, ({ summary }) => (summary.total.stallNs / elapsedNs) * 100),
    ...counted,
  };
}

function allowedOf(process: ProcessCheck, tid: number): CpuSet {
  const allowed = process.threads.find((thread) => thread.tid === tid)?.allowed;
  return allowed === undefined ? CpuSet.EMPTY : (orNull(allowed) ?? CpuSet.EMPTY);
}

/** Of the quotas that apply to a process, the one that stopped it most; without any stop, the tightest. */
export function mostStopped(groups: readonly GroupThrottling[], tgid: number) {
  const own = groups
    .filter((group) => group.tgids.includes(tgid))
    .map((group) => ({ ...group, stoppedPct: stoppedPct(group) }));
  const rank = (value: Maybe<number>) => (isMissing(value) ? -1 : value);
  own.sort((a, b) => rank(b.stoppedPct) - rank(a.stoppedPct) || a.cpus - b.cpus);
  return own[0] ?? null;
}

function stoppedPct({ periods, throttledPeriods }: GroupThrottling): Maybe<number> {
  if (isMissing(periods)) return periods;
  return mapMaybe(throttledPeriods, (stopped) => (periods === 0 ? 0 : (stopped / periods) * 100));
}

function storagePerSec(
  before: Maybe<TaskIo>,
  after: Maybe<TaskIo>,
  { window }: Watched,
): ProcessWork['storage'] {
  if (isMissing(before)) return before;
  if (isMissing(after)) return after;
  const { elapsedNs } = window.interval;
  const read = difference(before.readBytes, after.readBytes, 'read_bytes');
  const written = difference(before.writtenBytes, after.writtenBytes, 'write_bytes');
  if (isMissing(read)) return read;
  return mapMaybe(written, (bytes) => ({
    readBytesPerSec: perSec(read, elapsedNs),
    writtenBytesPerSec: perSec(bytes, elapsedNs),
  }));
}

type Interrupts = ReturnType<typeof interrupts.parse>;

/** Lines with a number are of devices. */
function perCpu(
  before: Maybe<Interrupts>,
  after: Maybe<Interrupts>,
  elapsedNs: number,
): Maybe<ReadonlyMap<number, number>> {
  if (isMissing(before)) return before;
  if (isMissing(after)) return after;
  const earlier = new Map(before.map((line) => [line.name, line.counts]));
  const rates = new Map<number, number>();
  for (const { name, counts } of after) {
    if (!/^\d+$/.test(name)) continue;
    for (const [cpu, count] of counts) {
      const then = earlier.get(name)?.get(cpu) ?? 0n;
      rates.set(cpu, (rates.get(cpu) ?? 0) + perSec(count < then ? 0 : Number(count - then), elapsedNs));
    }
  }
  return rates;
}

function ended({ comm, tgid }: FoundTarget): KeelError {
  return new KeelError('E_GONE', {
    what: {
      en: `${comm} ${tgid} ended while it was watched`,
      ko: `${comm} ${tgid}이(가) 관찰하는 동안 끝났습니다`,
    },
  });
}
