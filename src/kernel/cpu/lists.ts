/** /sys/devices/system/cpu: which CPUs there are, and in which state. */
import { fileReader, listReader } from '../../host/reader.ts';
import { cpulist, numberedNames } from '../lines.ts';

/** The CPUs that have a folder. On old kernels this is all that says which there are. */
export const cpuFolders = listReader({
  path: '/sys/devices/system/cpu',
  doc: 'Documentation/ABI/testing/sysfs-devices-system-cpu',
  capture: 'machine',
  parse: (text) => numberedNames(text, 'cpu'),
});

/** Lists of CPUs by state. `isolated` and `nohz_full` read "(null)" where the feature is off. */
export const CPU_STATES = ['possible', 'present', 'online', 'offline', 'isolated', 'nohz_full'] as const;
export type CpuState = (typeof CPU_STATES)[number];

export const cpusInState = fileReader({
  path: '/sys/devices/system/cpu/{state}',
  doc: 'Documentation/admin-guide/cputopology.rst',
  capture: 'machine',
  parse: cpulist,
});
