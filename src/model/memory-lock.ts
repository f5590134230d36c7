/**
 * What of a process's memory is locked, as a text for the journal: what becomes of memory that it maps later, and the
 * ranges that are locked now. "none 7f0000000000-7f0000100000 7f0000200000-7f0000300000~"; `~` marks what is locked page by
 * page as it is touched (MLOCK_ONFAULT).
 */
import { type AddressRange, joined } from './address-ranges.ts';

/**
 * What later mappings get (mlockall with MCL_FUTURE).
 * - `any`: was not asked, and does not matter
 */
export const FUTURE_LOCKS = ['any', 'none', 'full', 'onfault'] as const;
export type FutureLock = (typeof FUTURE_LOCKS)[number];

export interface MemoryLock {
  readonly future: FutureLock;
  readonly ranges: readonly AddressRange[];
  /** Locked page by page, as they are touched. */
  readonly onFault: readonly AddressRange[];
}

const TEXT = /^(any|none|full|onfault)( [0-9a-f]{1,14}-[0-9a-f]{1,14}~?)*$/;

export function isMemoryLock(text: string): boolean {
  return TEXT.test(text);
}

export function memoryLockText({ future, ranges, onFault }: MemoryLock): string {
  const words = (all: readonly AddressRange[], mark: string) =>
    joined(all).map(
      ({ address, bytes }) => `${address.toString(16)}-${(address + bytes).toString(16)}${mark}`,
    );
  return [future, ...words(ranges, ''), ...words(onFault, '~')].join(' ');
}

/** @param text one that `isMemoryLock` */
export function parseMemoryLock(text: string): MemoryLock {
  const [future = 'any', ...words] = text.split(' ');
  const ranges: AddressRange[] = [];
  const onFault: AddressRange[] = [];
  for (const word of words) {
    const [low = '', high = ''] = word.replace('~', '').split('-');
    const address = Number.parseInt(low, 16);
    const range = { address, bytes: Number.parseInt(high, 16) - address };
    (word.endsWith('~') ? onFault : ranges).push(range);
  }
  return { future: future as FutureLock, ranges, onFault };
}

/** Everything that is locked, in either way. */
export function lockedRanges({ ranges, onFault }: MemoryLock): readonly AddressRange[] {
  return joined([...ranges, ...onFault]);
}
