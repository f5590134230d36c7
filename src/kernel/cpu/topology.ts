/**
 * /sys/devices/system/cpu/cpuN/topology: ids of the groups a CPU belongs to, and the CPUs that share each group.
 *
 * Ids repeat (a core id per package, a die id per package) and may be -1 or absent; the sets are what identifies a
 * group. Kernels before 5.3 call the sets of cores `thread_siblings` and of packages `core_siblings`; kernels before
 * 2.6.26 have the masks only.
 */
import { fileReader, listReader } from '../../host/reader.ts';
import { cpulist, cpumask, wholeNumber } from '../lines.ts';

const doc = 'Documentation/admin-guide/cputopology.rst';

export const topologyFolder = listReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/topology',
  doc,
  capture: 'machine',
  parse: (text): ReadonlySet<string> => new Set(text.split('\n')),
});

/** `core_id`, `physical_package_id`, `die_id`, `cluster_id`; on s390 `book_id`, `drawer_id`. -1 means: has none. */
export const topologyId = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/topology/{group}_id',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

export const siblingList = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/topology/{group}_list',
  doc,
  capture: 'machine',
  parse: cpulist,
});

export const siblingMask = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/topology/{group}',
  doc,
  capture: 'machine',
  parse: cpumask,
});
