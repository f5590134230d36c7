/** Maps in what was warmed, by a call inside of the process: its next touch takes no fault at all, not even a minor one. */
import type { HeldTimes } from '../actions/memory-controls.ts';
import { Refused } from '../actions/refused.ts';
import { KeelError } from '../base/errors.ts';
import { type Maybe, mapMaybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { processStat } from '../kernel/task/stat.ts';
import { type AddressRange, totalBytes } from '../model/address-ranges.ts';
import type { MemoryState } from '../model/warming.ts';
import { populateRanges } from '../native/populate.ts';
import { refuseUncallable } from './callable-process.ts';
import { batches, CallsInside, STOP_BYTES } from './calls-inside.ts';
import { refusalError } from './change-errors.ts';
import type { Clock } from './clock.ts';
import { Injections } from './injections.ts';
import { interrupted, stateNow, type WarmPlan } from './warm-memory.ts';

export interface PopulatePlan {
  readonly ranges: readonly AddressRange[];
  readonly bytes: number;
  readonly threads: number;
  /** For how long one of its threads will be held, all in all; a guess from what machines do. */
  readonly heldNs: number;
}

/** Faults of the whole process, its own among them. */
export interface FaultCounts {
  readonly minorFaults: number;
  readonly majorFaults: number;
}

export interface Populated {
  readonly after: MemoryState;
  readonly held: HeldTimes;
  readonly refusedBytes: number;
  /** Taken meanwhile. */
  readonly faults: Maybe<FaultCounts>;
}

/** Measured on Linux 6.18, x86-64: pages that are in the page cache are mapped at some 4 GB/s. */
const MAPPED_BYTES_PER_NS = 4;
const STOP_NS = 300e3;

/** @throws KeelError E_CONFLICT, E_UNSUPPORTED, E_PRIVILEGE where no call may be made inside */
export function planPopulating(host: Host, { target, mappings }: WarmPlan): PopulatePlan {
  refuseUncallable(host, target, 'populate');
  const ranges = mappings.flatMap(({ mapping }) =>
    mapping.readable && mapping.isUnlockable !== true
      ? [{ address: mapping.address, bytes: mapping.bytes }]
      : [],
  );
  const bytes = totalBytes(ranges);
  return {
    ranges,
    bytes,
    threads: orNull(host.read(threadList, { pid: target.tgid }))?.length ?? 1,
    heldNs: Math.round(STOP_NS * Math.ceil(bytes / STOP_BYTES) + bytes / MAPPED_BYTES_PER_NS),
  };
}

/**
 * To be called when `warmMemory` has read what was out, so that no thread is held for storage.
 * @throws KeelError E_GONE, E_CONFLICT, E_PRIVILEGE, E_UNSUPPORTED, E_INTERRUPTED
 */
export async function populateMemory(
  host: Host,
  clock: Clock,
  plan: WarmPlan,
  { ranges }: PopulatePlan,
  signal: AbortSignal,
): Promise<Populated> {
  const { target } = plan;
  const before = host.read(processStat, { pid: target.tgid });
  const calls = new CallsInside(host, new Injections(host));
  let refusedBytes = 0;
  for (const batch of batches(ranges, STOP_BYTES)) {
    // Signals are heard between calls that are awaited.
    await clock.sleep(0, signal);
    if (signal.aborted) throw interrupted();
    try {
      refusedBytes += totalBytes(calls.make(target, (injection) => populateRanges(injection, batch)));
    } catch (error) {
      throw error instanceof Refused ? populateError(error) : error;
    }
  }
  const faults = mapMaybe(host.read(processStat, { pid: target.tgid }), (now) =>
    mapMaybe(before, (then) => ({
      minorFaults: Number(now.minorFaults - then.minorFaults),
      majorFaults: Number(now.majorFaults - then.majorFaults),
    })),
  );
  return { after: stateNow(host, plan) ?? plan.before, held: calls.heldTimes, refusedBytes, faults };
}

function populateError(refused: Refused): KeelError {
  if (refused.reason !== 'invalid') return refusalError(refused);
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: 'this kernel has no MADV_POPULATE_READ: Linux 5.14 brought it; what was read stays read',
      ko: '이 커널에는 MADV_POPULATE_READ가 없습니다 (Linux 5.14부터). 읽어 온 것은 그대로 남습니다',
    },
    cause: refused,
  });
}
