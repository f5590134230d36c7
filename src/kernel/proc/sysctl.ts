/** Settings under /proc/sys. */
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

/** Who may use perf events: 2 own processes in user mode, 1 in kernel mode too, 0 CPUs, -1 all; 3 and 4 of some distributions: nobody. */
export const perfParanoia = fileReader({
  path: '/proc/sys/kernel/perf_event_paranoid',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

/** 0: anyone may load BPF programs; 1, 2: only with CAP_BPF. */
export const unprivilegedBpf = fileReader({
  path: '/proc/sys/kernel/unprivileged_bpf_disabled',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

/** Who may trace whom: 0 own processes, 1 descendants, 2 with CAP_SYS_PTRACE, 3 nobody. Absent without Yama. */
export const ptraceScope = fileReader({
  path: '/proc/sys/kernel/yama/ptrace_scope',
  doc: 'Documentation/admin-guide/LSM/Yama.rst',
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

/** Whether the tasks of a session share the CPU as one: 0 off, 1 on. Absent without CONFIG_SCHED_AUTOGROUP. */
export const autogroupEnabled = fileReader({
  path: '/proc/sys/kernel/sched_autogroup_enabled',
  doc: 'man 7 sched, "The autogroup feature"',
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

/** For how long a task that ran counts as cache-hot, in nanoseconds. In /proc/sys/kernel before Linux 5.13. */
export const migrationCost = fileReader({
  path: '/sys/kernel/debug/sched/migration_cost_ns',
  doc: 'kernel/sched/debug.c',
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});

/** How readily memory is put out to swap rather than files dropped: 0 to 200, to 100 before Linux 5.8. */
export const swappiness = fileReader({
  path: '/proc/sys/vm/swappiness',
  doc: 'Documentation/admin-guide/sysctl/vm.rst',
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});
