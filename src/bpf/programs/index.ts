/** The registry of programs. One line per program; `index.test.ts` compares it with the folder. */
import type { BuiltProgram, Program } from '../program.ts';
import { cpuNoise } from './cpu-noise.ts';
import { faultLatency } from './fault-latency.ts';
import { faultRecords } from './fault-records.ts';
import { lateEvents } from './late-events.ts';
import { memoryWork } from './memory-work.ts';
import { runDelay } from './run-delay.ts';
import { slowFaults } from './slow-faults.ts';
import { taskIterator } from './task-iterator.ts';

export const PROGRAMS: readonly Program<never, BuiltProgram>[] = [
  taskIterator,
  runDelay,
  faultLatency,
  slowFaults,
  faultRecords,
  lateEvents,
  cpuNoise,
  memoryWork,
];
