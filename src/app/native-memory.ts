/** The memory of running processes, as actions turn on it: locks made by the process itself, in pieces. */
import type { ProcessId } from '../actions/controls.ts';
import { lockLimitText } from '../actions/machine/lock-limit.ts';
import type { FileRanges, HeldTimes, LockableMapping, MemoryControls } from '../actions/memory-controls.ts';
import { Refused } from '../actions/refused.ts';
import { isMissing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { taskSmaps } from '../kernel/task/smaps.ts';
import { processStat } from '../kernel/task/stat.ts';
import { type AddressRange, common } from '../model/address-ranges.ts';
import type { FutureLock } from '../model/memory-lock.ts';
import type { KernelError } from '../native/libc.ts';
import { setLockLimit } from '../native/memory-limit.ts';
import { lockFuture, lockRanges, unlockAll, unlockRanges, withNewPage } from '../native/memory-lock.ts';
import { batches, CallsInside, MARKED_BYTES, STOP_BYTES } from './calls-inside.ts';
import { FileKeepers } from './file-keepers.ts';
import { type Injections, THREAD_GONE } from './injections.ts';
import { asRefusal } from './kernel-refusals.ts';

export class NativeMemory implements MemoryControls {
  readonly #host: Host;
  readonly #calls: CallsInside;
  readonly #keepers: FileKeepers;

  constructor(host: Host, injections: Injections) {
    this.#host = host;
    this.#keepers = new FileKeepers(host);
    this.#calls = new CallsInside(host, injections);
  }

  get heldTimes(): HeldTimes {
    return this.#calls.heldTimes;
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
    return this.#calls.make(process, (injection) =>
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
    this.#calls.make(process, (injection) => lockFuture(injection, future === 'onfault'));
  }

  unlockAll(process: ProcessId): void {
    this.#calls.make(process, unlockAll);
  }

  lock(process: ProcessId, ranges: readonly AddressRange[], onFault: boolean): void {
    for (const batch of batches(ranges, onFault ? MARKED_BYTES : STOP_BYTES)) {
      const refused = this.#calls.make(process, (injection) => lockRanges(injection, batch, onFault));
      if (refused.length === 0) continue;
      const mapped = this.mappings(process);
      const [first] = refused.filter(({ range }) => common([range], mapped).length > 0);
      if (first !== undefined) throw lockRefused(process, first.error);
    }
  }

  unlock(process: ProcessId, ranges: readonly AddressRange[]): void {
    for (const batch of batches(ranges, MARKED_BYTES)) {
      this.#calls.make(process, (injection) => unlockRanges(injection, batch));
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

  startKeeper(target: ProcessId, files: readonly FileRanges[]): ProcessId {
    return this.#keepers.start(target, files);
  }

  keepFiles(keeper: ProcessId): void {
    this.#keepers.keep(keeper);
  }

  keptBytes(keeper: ProcessId): number {
    return this.#keepers.keptBytes(keeper);
  }

  endKeeper(keeper: ProcessId): void {
    this.#keepers.end(keeper);
  }

  #checkSame({ tgid, startTicks }: ProcessId): void {
    const stat = orNull(this.#host.read(processStat, { pid: tgid }));
    if (stat?.startTicks !== startTicks || stat.state === 'Z') throw new Refused('gone', THREAD_GONE);
  }
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
