/** Where the kernel runs work that belongs to no CPU: its unbound workqueues. */
import { fileReader } from '../../host/reader.ts';
import { cpumask } from '../lines.ts';

/** Writing it moves the workers of every unbound workqueue. */
export const workqueueCpus = fileReader({
  path: '/sys/devices/virtual/workqueue/cpumask',
  doc: 'Documentation/core-api/workqueue.rst',
  capture: 'machine',
  parse: cpumask,
});
