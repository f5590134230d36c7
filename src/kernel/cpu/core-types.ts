/** /sys/devices/cpu_core and the like: on hybrid x86 machines each type of core has its own performance counters. */
import { fileReader } from '../../host/reader.ts';
import { cpulist } from '../lines.ts';

/** `cpu_core` (performance), `cpu_atom` (efficiency), `cpu_lowpower`; absent where all cores are alike. */
export const cpusOfCounterUnit = fileReader({
  path: '/sys/devices/{unit}/cpus',
  doc: 'Documentation/ABI/testing/sysfs-bus-event_source-devices',
  capture: 'machine',
  parse: cpulist,
});
