/** /sys/devices/system/cpu/cpuN/cache/indexM: the caches that one CPU sees. */
import { FormatError } from '../../base/errors.ts';
import { KIB, MIB } from '../../base/units.ts';
import { fileReader, listReader } from '../../host/reader.ts';
import { cpulist, cpumask, numberedNames, wholeNumber } from '../lines.ts';

const doc = 'Documentation/ABI/testing/sysfs-devices-system-cpu';

export const CACHE_TYPES = ['Data', 'Instruction', 'Unified'] as const;
export type CacheType = (typeof CACHE_TYPES)[number];

/** The indexes say nothing: the level is in `level`. */
export const cacheIndexes = listReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cache',
  doc,
  capture: 'machine',
  parse: (text) => numberedNames(text, 'index'),
});

/** `level` (from 1), `id` (unique per level and type, with holes; Linux 4.11), `coherency_line_size` in bytes. */
export const cacheNumber = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/{number}',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

export const cacheType = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/type',
  doc,
  capture: 'machine',
  parse(text): CacheType {
    const found = CACHE_TYPES.find((type) => type === text.trim());
    if (found === undefined) throw new FormatError(`one of ${CACHE_TYPES.join(', ')}`, text.trim());
    return found;
  },
});

/** `32K` in bytes; 0 where the firmware does not tell the size. */
export const cacheSize = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/size',
  doc,
  capture: 'machine',
  parse(text): number {
    const match = /^(\d{1,12})\s*([KM]?)$/.exec(text.trim());
    if (!match) throw new FormatError('a size such as 32K', text.trim());
    return Number(match[1]) * (match[2] === 'K' ? KIB : match[2] === 'M' ? MIB : 1);
  },
});

export const cacheSharedList = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/shared_cpu_list',
  doc,
  capture: 'machine',
  parse: cpulist,
});

/** The form of every kernel; the list came with 2.6.26. */
export const cacheSharedMask = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/shared_cpu_map',
  doc,
  capture: 'machine',
  parse: cpumask,
});
