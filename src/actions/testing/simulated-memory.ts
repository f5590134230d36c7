/** The memory of processes in memory: mappings that come and go, what of them is locked, and how much may be. */
import { type AddressRange, common, totalBytes, without } from '../../model/address-ranges.ts';
import type { FutureLock } from '../../model/memory-lock.ts';
import type { ProcessId } from '../controls.ts';
import type { FileRanges, LockableMapping, MemoryControls } from '../memory-controls.ts';
import { Refused } from '../refused.ts';

export class SimulatedMemory implements MemoryControls {
  readonly heldTimes = { sumNs: 0, longestNs: 0 };
  mapped: readonly AddressRange[] = [];
  locked: readonly AddressRange[] = [];
  future: Exclude<FutureLock, 'any'> = 'none';
  limit = 'unlimited unlimited';
  isAlive = true;

  /** The process maps something; what MCL_FUTURE says of it happens. */
  map(range: AddressRange): void {
    this.mapped = [...this.mapped, range];
    if (this.future !== 'none') this.locked = [...this.locked, range];
  }

  unmap(range: AddressRange): void {
    this.mapped = without(this.mapped, [range]);
    this.locked = without(this.locked, [range]);
  }

  mappings(_: ProcessId): readonly LockableMapping[] {
    this.#check();
    const piece = (isLocked: boolean) => (range: AddressRange) => ({
      ...range,
      isLocked,
      residentBytes: range.bytes,
    });
    return [
      ...common(this.mapped, this.locked).map(piece(true)),
      ...without(this.mapped, this.locked).map(piece(false)),
    ].sort((a, b) => a.address - b.address);
  }

  futureLock(_: ProcessId): Exclude<FutureLock, 'any'> {
    this.#check();
    return this.future;
  }

  lockFuture(_: ProcessId, future: 'full' | 'onfault'): void {
    this.#check();
    this.future = future;
  }

  unlockAll(_: ProcessId): void {
    this.#check();
    this.future = 'none';
    this.locked = [];
  }

  lock(_: ProcessId, ranges: readonly AddressRange[]): void {
    this.#check();
    const all = [...this.locked, ...common(ranges, this.mapped)];
    const [soft = ''] = this.limit.split(' ');
    if (soft !== 'unlimited' && totalBytes(all) > Number(soft)) {
      throw new Refused('failed', { en: 'beyond its limit', ko: '한도를 넘습니다' });
    }
    this.locked = all;
  }

  unlock(_: ProcessId, ranges: readonly AddressRange[]): void {
    this.#check();
    this.locked = without(this.locked, ranges);
  }

  lockLimit(_: ProcessId): string {
    this.#check();
    return this.limit;
  }

  setLockLimit(_: ProcessId, limit: string): void {
    this.#check();
    this.limit = limit;
  }

  /** Keepers that have not ended: what each was started for, and what of it it keeps. */
  readonly keepers = new Map<number, { readonly bytes: number; keptBytes: number }>();
  #nextKeeper = 9000;

  startKeeper(_: ProcessId, files: readonly FileRanges[]): ProcessId {
    this.#check();
    const tgid = this.#nextKeeper++;
    this.keepers.set(tgid, { bytes: totalBytes(files.flatMap(({ ranges }) => ranges)), keptBytes: 0 });
    return { tgid, startTicks: 1n };
  }

  keepFiles(keeper: ProcessId): void {
    const found = this.#keeper(keeper);
    found.keptBytes = found.bytes;
  }

  keptBytes(keeper: ProcessId): number {
    return this.#keeper(keeper).keptBytes;
  }

  endKeeper(keeper: ProcessId): void {
    this.#keeper(keeper);
    this.keepers.delete(keeper.tgid);
  }

  #keeper({ tgid }: ProcessId) {
    const found = this.keepers.get(tgid);
    if (found === undefined) throw new Refused('gone', { en: 'it has ended', ko: '끝났습니다' });
    return found;
  }

  #check(): void {
    if (!this.isAlive) throw new Refused('gone', { en: 'it has ended', ko: '끝났습니다' });
  }
}
