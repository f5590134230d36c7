/** /sys/class/net: the receive queues of network devices, and the CPUs that are lent to them (RPS). */
import { fileReader, listReader } from '../../host/reader.ts';
import { cpumask, numberedNames } from '../lines.ts';

const doc = 'Documentation/networking/scaling.rst';

/** Names that an administrator, or a container's runtime, chose. */
export const networkDevices = listReader({
  path: '/sys/class/net',
  doc,
  capture: 'never',
  parse: (text): readonly string[] =>
    text
      .split('\n')
      .filter((name) => name !== '')
      .sort(),
});

/** Its receive queues, by number. */
export const receiveQueues = listReader({
  path: '/sys/class/net/{device}/queues',
  doc,
  capture: 'never',
  parse: (text) => numberedNames(text, 'rx-'),
});

/** CPUs that process the packets of the queue; empty: the one that took the interrupt. */
export const receivePacketSteering = fileReader({
  path: '/sys/class/net/{device}/queues/rx-{queue}/rps_cpus',
  doc,
  capture: 'never',
  parse: cpumask,
});
