/**
 * /sys/devices/system/node/nodeN/accessM/initiators: how fast the memory of a node is for the nodes nearest to it, as
 * the firmware tells (ACPI HMAT). Class 0 counts every initiator, class 1 only CPUs.
 */
import { fileReader, listReader } from '../../host/reader.ts';
import { numberedNames, wholeNumber } from '../lines.ts';

const doc = 'Documentation/admin-guide/mm/numaperf.rst';

/** The nodes from which the memory is reached with these figures. */
export const accessInitiators = listReader({
  path: '/sys/devices/system/node/node{node}/access{access}/initiators',
  doc,
  capture: 'machine',
  parse: (text) => numberedNames(text, 'node'),
});

/** `read_latency` and `write_latency` in nanoseconds, `read_bandwidth` and `write_bandwidth` in MB/s. */
export const accessFigure = fileReader({
  path: '/sys/devices/system/node/node{node}/access{access}/initiators/{figure}',
  doc,
  capture: 'machine',
  parse: (text) => wholeNumber(text),
});
