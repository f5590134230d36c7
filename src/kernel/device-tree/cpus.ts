/**
 * /proc/device-tree/cpus: what the firmware of POWER machines says of cores and caches. The only source of caches on
 * kernels that make no cache folders for them.
 */
import { FormatError } from '../../base/errors.ts';
import { bytesReader, listReader } from '../../host/reader.ts';

const doc = 'Devicetree Specification, 3.8 /cpus/cpu* Node Properties';

/** Names of nodes such as "PowerPC,POWER7@0" and "l2-cache@2000", among properties such as "#address-cells". */
export const deviceTreeCpus = listReader({
  path: '/proc/device-tree/cpus',
  doc,
  capture: 'machine',
  parse: (text): readonly string[] => text.split('\n').filter((name) => name.includes('@')),
});

/** The properties that a node has. */
export const deviceTreeCpu = listReader({
  path: '/proc/device-tree/cpus/{node}',
  doc,
  capture: 'machine',
  parse: (text): ReadonlySet<string> => new Set(text.split('\n')),
});

/** A property as its 32-bit cells, which are big-endian on every machine: sizes, CPU numbers, handles of nodes. */
export const deviceTreeCells = bytesReader({
  path: '/proc/device-tree/cpus/{node}/{property}',
  doc,
  capture: 'machine',
  parse(bytes): readonly number[] {
    const view = new DataView(Uint8Array.from(bytes, (char) => char.charCodeAt(0)).buffer);
    if (view.byteLength % 4 !== 0) throw new FormatError('32-bit cells', `${view.byteLength} bytes`);
    return Array.from({ length: view.byteLength / 4 }, (_, i) => view.getUint32(4 * i, false));
  },
});
