/** /sys/devices/system/cpu/cpuN: what one CPU's folder holds, and what it says beside topology and caches. */
import { FormatError } from '../../base/errors.ts';
import { fileReader, listReader } from '../../host/reader.ts';
import { numberedNames, wholeNumber } from '../lines.ts';

const doc = 'Documentation/ABI/testing/sysfs-devices-system-cpu';

export interface CpuFolder {
  readonly names: ReadonlySet<string>;
  /** There is no file `node`: the kernel links the folder of the node, `node0`. */
  readonly nodes: readonly number[];
}

export const cpuFolder = listReader({
  path: '/sys/devices/system/cpu/cpu{cpu}',
  doc,
  capture: 'machine',
  parse: (text): CpuFolder => ({ names: new Set(text.split('\n')), nodes: numberedNames(text, 'node') }),
});

/** Absent for CPUs that cannot be taken offline, often CPU 0. */
export const cpuOnline = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/online',
  doc,
  capture: 'machine',
  parse(text): boolean {
    const value = text.trim();
    if (value !== '0' && value !== '1') throw new FormatError('0 or 1', value);
    return value === '1';
  },
});

/** Capacity relative to the strongest CPU of the machine, whose capacity is 1024. */
export const cpuCapacity = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cpu_capacity',
  doc: 'Documentation/scheduler/sched-capacity.rst',
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

/** SPARC has no cache folders: `l1_dcache_size`, `l1_dcache_line_size` and the like, in bytes. */
export const sparcCacheBytes = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/{cache}_size',
  doc: 'arch/sparc/kernel/sysfs.c',
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});
