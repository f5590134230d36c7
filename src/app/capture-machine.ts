/**
 * Captures a machine: runs what reads it and keeps every text that passed, so that what a command reads tomorrow is
 * captured without a change here. The registry decides what may be kept.
 */
import { isMissing, orNull } from '../base/missing.ts';
import { type Capture, type Moment, renderCapture } from '../host/capture.ts';
import { captureFilter, holesOf } from '../host/capture-rules.ts';
import type { Host } from '../host/host.ts';
import type { Fill, Reader } from '../host/reader.ts';
import { recordHost } from '../host/recorder.ts';
import { READERS } from '../kernel/index.ts';
import { transparentHugePages } from '../kernel/proc/huge-pages.ts';
import { counterEvents, counterUnits } from '../kernel/proc/tracing.ts';
import { threadList } from '../kernel/task/lists.ts';
import type { Clock } from './clock.ts';
import { readInterruptedCpus } from './interrupted-cpus.ts';
import { openCgroups } from './read-cgroup.ts';
import { readMemoryLimits } from './read-memory-limits.ts';
import { readTopology } from './read-topology.ts';

export interface CaptureRequest {
  /** Processes whose tasks are captured too. */
  readonly tgids: readonly number[];
  /** With a duration a second moment follows after it. */
  readonly durationNs: number | null;
  readonly signal: AbortSignal;
}

export interface CapturedMachine {
  readonly capture: Capture;
  /** As in the file. */
  readonly text: string;
}

export async function captureMachine(
  host: Host,
  clock: Clock,
  request: CaptureRequest,
): Promise<CapturedMachine> {
  const moments = [captureMoment(host, clock.monotonicNs(), request.tgids)];
  if (request.durationNs !== null) {
    await clock.sleep(request.durationNs, request.signal);
    moments.push(captureMoment(host, clock.monotonicNs(), request.tgids));
  }
  const capture = { facts: host.facts, moments };
  return { capture, text: renderCapture(capture) };
}

/** One pass over everything that may be captured. */
export function captureMoment(host: Host, monotonicNs: bigint, tgids: readonly number[]): Moment {
  const kept = new Set(['self', ...tgids.map(String)]);
  const { host: recorded, take } = recordHost(
    host,
    captureFilter(READERS, (pid) => kept.has(pid)),
  );
  readTopology(recorded);
  readInterruptedCpus(recorded);
  for (const reader of READERS) {
    if (reader.capture === 'machine' && holesOf(reader.path).length === 0) read(recorded, reader, {});
  }
  for (const setting of ['enabled', 'defrag']) recorded.read(transparentHugePages, { setting });
  for (const unit of orNull(recorded.read(counterUnits)) ?? []) recorded.read(counterEvents, { unit });
  const cgroups = openCgroups(recorded);
  const readings = tgids.map((tgid) => [tgid, cgroups.of(tgid)] as const);
  readMemoryLimits(
    recorded,
    new Map(readings.flatMap(([tgid, one]) => (isMissing(one) ? [] : [[tgid, one]]))),
  );
  for (const tgid of tgids) readTask(recorded, tgid);
  return { monotonicNs, entries: take() };
}

/** Every reader of a process, and of each of its threads. */
function readTask(host: Host, tgid: number): void {
  const tids = orNull(host.read(threadList, { pid: tgid })) ?? [];
  for (const reader of READERS) {
    if (reader.capture !== 'task') continue;
    const holes = holesOf(reader.path).join();
    if (holes === 'pid') read(host, reader, { pid: tgid });
    else if (holes === 'pid,tid') for (const tid of tids) read(host, reader, { pid: tgid, tid });
  }
}

/** The registry does not know the holes of its paths; they were looked up just before. */
function read(host: Host, reader: Reader<unknown>, fill: Fill<string>): void {
  host.read<unknown, `${string}{pid}`>(
    reader as Reader<unknown, `${string}{pid}`>,
    fill as Fill<`${string}{pid}`>,
  );
}
