/** The memory of running processes, as actions turn on it: locks made by the process itself, in pieces. */
import type { ProcessId, ThreadId } from '../actions/controls.ts';
import { lockLimitText } from '../actions/machine/lock-limit.ts';
import type { HeldTimes, LockableMapping, MemoryControls } from '../actions/memory-controls.ts';
import { isGone, Refused } from '../actions/refused.ts';
import { isMissing, orNull } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import type { Host } from '../host/host.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { taskSmaps } from '../kernel/task/smaps.ts';
import { processStat, threadStat } from '../kernel/task/stat.ts';
import { type AddressRange, common, pieces } from '../model/address-ranges.ts';
import type { FutureLock } from '../model/memory-lock.ts';
import type { KernelError } from '../native/libc.ts';
import { setLockLimit } from '../native/memory-limit.ts';
import { lockFuture, lockRanges, unlockAll, unlockRanges, withNewPage } from '../native/memory-lock.ts';
import type { Injection } from '../native/ptrace.ts';
import { type Injections, THREAD_GONE } from './injections.ts';
import { asRefusal } from './kernel-refusals.ts';

/** Of one stop of a thread: 4 ms where the pages are there, some 20 ms where each has to be filled first. */
const STOP_BYTES = 16 * MIB;
const STOP_CALLS = 500;
/** Nothing is brought in: some 15 ms. */
const MARKED_BYTES = 64 * MIB;

export class NativeMemory implements MemoryControls {
  readonly #host: Host;
  readonly #injections: Injections;
  #held = { sumNs: 0, longestNs: 0 };

  constructor(host: Host, injections: Injections) {
    this.#host = host;
    this.#injections = injections;
  }

  get heldTimes(): HeldTimes {
    return this.#held;
  }

  mappings(process: ProcessId): readonly LockableMapping[] {
    const smaps = this.#host.read(taskSmaps, { pid: process.tgid });
    const stat = orNull(this.#host.read(processStat, { pid: process.tgid }));
    if (stat?.startTicks !== process.startTicks || stat.state === 'Z') throw new Refused('gone', THREAD_GONE);
    if (isMissing(smaps)) {
      const text = `${smaps.path}: ${smaps.detail ?? smaps.missing}`;
      throw new Refused(smaps.missing === 'denied' ? 'denied' : 'failed', { en: text, ko: text });
    }
    return smaps.map(({ address, bytes, isLocked, residentBytes }) => ({
      address,
      bytes,
      isLocked: isLocked === true,
      residentBytes,
    }));
  }

  futureLock(process: ProcessId): Exclude<FutureLock, 'any'> {
    return this.#inside(process, (injection) =>
      withNewPage(injection, this.#host.facts.pageBytes ?? 4096, (address) => {
        const found = orNull(this.#host.read(taskSmaps, { pid: process.tgid }))?.find(
          (one) => one.address <= address && address < one.address + one.bytes,
        );
        if (found?.isLocked !== true) return 'none';
        // It may have become part of a mapping beside it: if any of that is missing, nothing was brought in.
        return found.residentBytes < found.bytes ? 'onfault' : 'full';
      }),
    );
  }

  lockFuture(process: ProcessId, future: 'full' | 'onfault'): void {
    this.#inside(process, (injection) => lockFuture(injection, future === 'onfault'));
  }

  unlockAll(process: ProcessId): void {
    this.#inside(process, unlockAll);
  }

  lock(process: ProcessId, ranges: readonly AddressRange[], onFault: boolean): void {
    for (const batch of batches(ranges, onFault ? MARKED_BYTES : STOP_BYTES)) {
      const refused = this.#inside(process, (injection) => lockRanges(injection, batch, onFault));
      if (refused.length === 0) continue;
      const mapped = this.mappings(process);
      const [first] = refused.filter(({ range }) => common([range], mapped).length > 0);
      if (first !== undefined) throw lockRefused(process, first.error);
    }
  }

  unlock(process: ProcessId, ranges: readonly AddressRange[]): void {
    for (const batch of batches(ranges, MARKED_BYTES)) {
      this.#inside(process, (injection) => unlockRanges(injection, batch));
    }
  }

  lockLimit(process: ProcessId): string {
    this.#checkSame(process);
    const limit = orNull(this.#host.read(processLimits, { pid: process.tgid }))?.get(LOCKED_MEMORY);
    if (limit === undefined) throw new Refused('gone', THREAD_GONE);
    return lockLimitText(limit);
  }

  setLockLimit(process: ProcessId, limit: string): void {
    this.#checkSame(process);
    const [soft, hard] = limit.split(' ').map((word) => (word === 'unlimited' ? word : BigInt(word)));
    if (soft === undefined || hard === undefined) throw new RangeError(`not a limit: ${limit}`);
    asRefusal(() => setLockLimit(process.tgid, { soft, hard }));
  }

  /** In whichever thread is disturbed least; in the next one where that has ended meanwhile. @throws Refused */
  #inside<T>(process: ProcessId, step: (injection: Injection) => T): T {
    let last = new Refused('gone', THREAD_GONE);
    for (const thread of this.#idlest(process)) {
      try {
        const injection = this.#injections.at(process, thread);
        const began = performance.now();
        try {
          return asRefusal(() => step(injection));
        } finally {
          this.#count((performance.now() - began) * 1e6);
        }
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (!isGone(error) && !isBusy(error)) throw error;
        last = error;
      }
    }
    throw last;
  }

  #count(ns: number): void {
    const { sumNs, longestNs } = this.#held;
    this.#held = { sumNs: sumNs + ns, longestNs: Math.max(longestNs, ns) };
  }

  /** Those that sleep first, and of those the one that has run least: it will hardly be missed. */
  #idlest(process: ProcessId): readonly ThreadId[] {
    const pid = process.tgid;
    const threads = (orNull(this.#host.read(threadList, { pid })) ?? []).flatMap((tid) => {
      const stat = orNull(this.#host.read(threadStat, { pid, tid }));
      if (stat === null || /[ZX]/.test(stat.state)) return [];
      const runTimeNs = orNull(this.#host.read(threadSchedstat, { pid, tid }))?.runTimeNs ?? 0n;
      return [{ tid, startTicks: stat.startTicks, isAsleep: stat.state === 'S', runTimeNs }];
    });
    return threads
      .sort(
        (a, b) =>
          Number(b.isAsleep) - Number(a.isAsleep) || Number(a.runTimeNs - b.runTimeNs) || a.tid - b.tid,
      )
      .slice(0, MOST_THREADS);
  }

  #checkSame({ tgid, startTicks }: ProcessId): void {
    const stat = orNull(this.#host.read(processStat, { pid: tgid }));
    if (stat?.startTicks !== startTicks || stat.state === 'Z') throw new Refused('gone', THREAD_GONE);
  }
}

const MOST_THREADS = 20;

/** Another thread may do. */
function isBusy(error: Refused): boolean {
  return error.reason === 'unsupported' && error.cause === undefined;
}

/** So many at once that a stop stays short. */
function* batches(ranges: readonly AddressRange[], mostBytes: number): Generator<readonly AddressRange[]> {
  let batch: AddressRange[] = [];
  let bytes = 0;
  for (const piece of pieces(ranges, mostBytes)) {
    if (batch.length === STOP_CALLS || bytes + piece.bytes > mostBytes) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(piece);
    bytes += piece.bytes;
  }
  if (batch.length > 0) yield batch;
}

function lockRefused({ tgid }: ProcessId, error: KernelError): Refused {
  if (error.errnoName === 'ENOMEM' || error.errnoName === 'EPERM') {
    return new Refused(
      'denied',
      {
        en: `process ${tgid} may not lock so much: its RLIMIT_MEMLOCK (${error.message})`,
        ko: `프로세스 ${tgid}은(는) 그만큼 잠글 수 없습니다. RLIMIT_MEMLOCK 한도입니다 (${error.message})`,
      },
      error,
    );
  }
  return new Refused(
    'failed',
    {
      en: `not all of the memory could be brought in (${error.message})`,
      ko: `메모리를 모두 가져올 수 없었습니다 (${error.message})`,
    },
    error,
  );
}
