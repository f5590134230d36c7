/** Settings of the scheduler under /proc/sys/kernel. */
import { fileReader } from '../../host/reader.ts';
import { wholeNumber } from '../lines.ts';

const doc = 'Documentation/admin-guide/sysctl/kernel.rst';

/** Automatic page balancing between NUMA nodes by hinting faults: 0 off, 1 on, 2 memory tiering, 3 both. */
export const numaBalancing = fileReader({
  path: '/proc/sys/kernel/numa_balancing',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

/** Of each period, the time that real-time tasks may run; null: no such limit (-1). */
export const realtimeRuntime = fileReader({
  path: '/proc/sys/kernel/sched_rt_runtime_us',
  doc,
  capture: 'machine',
  parse: (text): number | null => (wholeNumber(text) < 0 ? null : wholeNumber(text)),
});

export const realtimePeriod = fileReader({
  path: '/proc/sys/kernel/sched_rt_period_us',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});
