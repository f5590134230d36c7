/** /sys/devices/system/node: which NUMA nodes there are. Numbers have holes; nodes without CPUs or memory exist. */
import { fileReader, listReader } from '../../host/reader.ts';
import { cpulist, numberedNames } from '../lines.ts';

const doc = 'Documentation/ABI/stable/sysfs-devices-node';

export const nodeFolders = listReader({
  path: '/sys/devices/system/node',
  doc,
  capture: 'machine',
  parse: (text) => numberedNames(text, 'node'),
});

/** `possible`, `online`, `has_cpu`, `has_memory`, `has_normal_memory`, as lists of nodes. */
export const nodesInState = fileReader({
  path: '/sys/devices/system/node/{state}',
  doc,
  capture: 'machine',
  parse: cpulist,
});

export const memoryTiers = listReader({
  path: '/sys/devices/virtual/memory_tiering',
  doc: 'Documentation/ABI/testing/sysfs-kernel-mm-memory-tiers',
  capture: 'machine',
  parse: (text) => numberedNames(text, 'memory_tier'),
});

/** Nodes whose memory is of one speed; a smaller tier number is faster. */
export const memoryTierNodes = fileReader({
  path: '/sys/devices/virtual/memory_tiering/memory_tier{tier}/nodelist',
  doc: 'Documentation/ABI/testing/sysfs-kernel-mm-memory-tiers',
  capture: 'machine',
  parse: cpulist,
});
