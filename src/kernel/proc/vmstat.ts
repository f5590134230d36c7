/** /proc/vmstat: counters of the memory management since boot. */
import { fileReader } from '../../host/reader.ts';
import { keyedCounters } from '../lines.ts';

export const vmstat = fileReader({
  path: '/proc/vmstat',
  doc: 'man 5 proc_vmstat',
  capture: 'machine',
  parse: keyedCounters,
});
