/**
 * /sys/devices/system/node/nodeN/memoryM and /sys/devices/system/memory: which memory each NUMA node has, in blocks of one
 * size. A block at the border of two nodes is a block of both. Kernels without memory hotplug have no blocks.
 */
import { FormatError } from '../../base/errors.ts';
import { fileReader, listReader } from '../../host/reader.ts';
import { numberedNames } from '../lines.ts';

const doc = 'Documentation/admin-guide/mm/memory-hotplug.rst';

/** Block M starts at the physical address M times the size of a block. */
export const nodeMemoryBlocks = listReader({
  path: '/sys/devices/system/node/node{node}',
  doc,
  capture: 'never',
  parse: (text) => numberedNames(text, 'memory'),
});

/** Hexadecimal without 0x; a power of two of at least 16 MiB. */
export const memoryBlockBytes = fileReader({
  path: '/sys/devices/system/memory/block_size_bytes',
  doc,
  capture: 'never',
  parse(text): number {
    const digits = text.trim();
    const bytes = /^[0-9a-f]{1,12}$/.test(digits) ? Number.parseInt(digits, 16) : 0;
    if (bytes === 0) throw new FormatError('a size in hexadecimal', digits);
    return bytes;
  },
});
