/** /proc/irq: where interrupts may be and are delivered. */
import { fileReader, listReader } from '../../host/reader.ts';
import { cpulist, cpumask, numberedNames } from '../lines.ts';

const doc = 'Documentation/core-api/irq/irq-affinity.rst';

export const irqFolders = listReader({
  path: '/proc/irq',
  doc,
  capture: 'machine',
  parse: (text) => numberedNames(text, ''),
});

/** The truth; `smp_affinity_list` is the request. Absent where the interrupt chip does not tell. */
export const irqEffectiveCpus = fileReader({
  path: '/proc/irq/{irq}/effective_affinity_list',
  doc,
  capture: 'machine',
  parse: cpulist,
});

export const irqRequestedCpus = fileReader({
  path: '/proc/irq/{irq}/smp_affinity_list',
  doc,
  capture: 'machine',
  parse: cpulist,
});

/** What interrupts get that are requested from now on. */
export const irqDefaultCpus = fileReader({
  path: '/proc/irq/default_smp_affinity',
  doc,
  capture: 'machine',
  parse: cpumask,
});
