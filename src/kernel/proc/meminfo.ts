/** /proc/meminfo: memory of the whole machine. */
import { fileReader } from '../../host/reader.ts';
import { colonPairs, kibToBytes } from '../lines.ts';

export interface MachineMemory {
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  readonly availableBytes: number | null;
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
    };
  },
});
