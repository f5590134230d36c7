/** /sys/devices/system/cpu/cpuN/cpufreq: what drives the clock of a CPU; absent in most virtual machines. */
import { fileReader } from '../../host/reader.ts';
import { wholeNumber } from '../lines.ts';

const doc = 'Documentation/admin-guide/pm/cpufreq.rst';
const HZ_PER_KHZ = 1000;

/** `cpuinfo_max_freq`, `cpuinfo_min_freq`, `scaling_cur_freq`, `base_frequency`; the kernel writes kHz. */
export const cpuFrequency = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cpufreq/{frequency}',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text) * HZ_PER_KHZ,
});

/** Such as "performance" or "schedutil". */
export const cpuGovernor = fileReader({
  path: '/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor',
  doc,
  capture: 'machine',
  parse: (text) => text.trim(),
});
