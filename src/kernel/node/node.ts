/** /sys/devices/system/node/nodeN: the CPUs, memory and distances of one NUMA node. */
import { fileReader } from '../../host/reader.ts';
import { cpulist, cpumask, kibToBytes, numberedLines, wholeNumber } from '../lines.ts';

const doc = 'Documentation/ABI/stable/sysfs-devices-node';

/** Empty for a node that has memory only. */
export const nodeCpus = fileReader({
  path: '/sys/devices/system/node/node{node}/cpulist',
  doc,
  capture: 'machine',
  parse: cpulist,
});

/** The form of every kernel; the list came with 2.6.26. */
export const nodeCpuMask = fileReader({
  path: '/sys/devices/system/node/node{node}/cpumap',
  doc,
  capture: 'machine',
  parse: cpumask,
});

/** In the order of the online nodes, not of the node numbers: with nodes 0 and 2 there are two columns. 10 is local. */
export const nodeDistances = fileReader({
  path: '/sys/devices/system/node/node{node}/distance',
  doc,
  capture: 'machine',
  parse: (text): readonly number[] =>
    text
      .trim()
      .split(/\s+/)
      .filter((column) => column !== '')
      .map((column) => wholeNumber(column)),
});

export interface NodeMemory {
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
}

/** Lines such as `Node 0 MemTotal:  32904172 kB`. */
export const nodeMemory = fileReader({
  path: '/sys/devices/system/node/node{node}/meminfo',
  doc,
  capture: 'machine',
  parse(text): NodeMemory {
    const values = new Map<string, number>();
    for (const { line, text: content } of numberedLines(text)) {
      const match = /^Node \d+ (MemTotal|MemFree):(.*)$/.exec(content.trim());
      if (match) values.set(match[1] as string, kibToBytes({ line, value: (match[2] as string).trim() }));
    }
    return { totalBytes: values.get('MemTotal') ?? null, freeBytes: values.get('MemFree') ?? null };
  },
});
