/** Which events the kernel offers: the folders of tracepoints, of counter units, and of type descriptions. */
import { listReader } from '../../host/reader.ts';

const names = (text: string): readonly string[] => text.split('\n').filter((name) => name !== '');

/** Systems of tracepoints, such as "sched"; empty where tracefs is not mounted. */
export const tracepointSystems = listReader({
  path: '/sys/kernel/tracing/events',
  doc: 'Documentation/trace/events.rst',
  capture: 'machine',
  parse: names,
});

/** Units that count: "software", and with hardware counters "cpu" or "cpu_core" and "cpu_atom". */
export const counterUnits = listReader({
  path: '/sys/bus/event_source/devices',
  doc: 'Documentation/ABI/testing/sysfs-bus-event_source-devices',
  capture: 'machine',
  parse: names,
});

/** Events of the CPU's own counters that have a name, such as "mem-loads". */
export const counterEvents = listReader({
  path: '/sys/bus/event_source/devices/{unit}/events',
  doc: 'Documentation/ABI/testing/sysfs-bus-event_source-devices-events',
  capture: 'machine',
  parse: names,
});

/** "vmlinux" and the modules that come with BTF. */
export const typeDescriptions = listReader({
  path: '/sys/kernel/btf',
  doc: 'Documentation/bpf/btf.rst',
  capture: 'machine',
  parse: names,
});
