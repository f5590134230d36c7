/** /proc/meminfo: memory of the whole machine. */
import { fileReader } from '../../host/reader.ts';
import { colonPairs, kibToBytes } from '../lines.ts';

export interface MachineMemory {
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  readonly availableBytes: number | null;
  /** Pages of swap that are in memory as well: brought back, and not yet mapped again. */
  readonly swapCachedBytes: number | null;
  /** Pages that some mlock keeps, each counted once; null before Linux 2.6.28. */
  readonly mlockedBytes: number | null;
  /** Pages that reclaim leaves alone: locked ones, ramfs, shared memory under SHM_LOCK, secret memory. */
  readonly unevictableBytes: number | null;
}

export const machineMemory = fileReader({
  path: '/proc/meminfo',
  doc: 'man 5 proc_meminfo',
  capture: 'machine',
  parse(text): MachineMemory {
    const pairs = colonPairs(text);
    const bytes = (key: string): number | null => {
      const entry = pairs.get(key);
      return entry === undefined ? null : kibToBytes(entry);
    };
    return {
      totalBytes: bytes('MemTotal'),
      freeBytes: bytes('MemFree'),
      availableBytes: bytes('MemAvailable'),
      swapCachedBytes: bytes('SwapCached'),
      mlockedBytes: bytes('Mlocked'),
      unevictableBytes: bytes('Unevictable'),
    };
  },
});
