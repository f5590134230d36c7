/** Every program of the registry with options under which it asks for all that it may ask for. */
import type { KernelTypes } from '../kernel-types.ts';
import type { BuiltProgram, Program } from '../program.ts';
import { cpuNoise } from '../programs/cpu-noise.ts';
import { faultLatency } from '../programs/fault-latency.ts';
import { faultRecords } from '../programs/fault-records.ts';
import { lateEvents } from '../programs/late-events.ts';
import { memoryWork } from '../programs/memory-work.ts';
import { runDelay } from '../programs/run-delay.ts';
import { slowFaults } from '../programs/slow-faults.ts';
import { taskIterator } from '../programs/task-iterator.ts';

export interface FixtureBuild {
  readonly program: Program<never, BuiltProgram>;
  readonly build: (types: KernelTypes) => BuiltProgram;
}

export const FIXTURE_BUILDS: readonly FixtureBuild[] = [
  { program: taskIterator, build: (types) => taskIterator.build(types, { cpus: 128 }) },
  {
    program: faultLatency,
    build: (types) => faultLatency.build(types, { tgid: 4127, overNs: 100_000, threads: 1024 }),
  },
  {
    program: runDelay,
    build: (types) => runDelay.build(types, { tgid: 4127, overNs: 1_000_000, threads: 1024 }),
  },
  { program: memoryWork, build: (types) => memoryWork.build(types, { tgid: 4127, threads: 1024 }) },
  { program: cpuNoise, build: (types) => cpuNoise.build(types, { cpus: 16, possibleCpus: 128 }) },
  {
    program: slowFaults,
    build: (types) =>
      slowFaults.build(types, {
        overNs: 100_000,
        majorOnly: false,
        threads: 1024,
        cpus: 128,
        wholeMachine: false,
        swap: true,
        hints: true,
      }),
  },
  {
    program: faultRecords,
    build: (types) =>
      faultRecords.build(types, {
        cpus: 128,
        bufferBytes: 1 << 20,
        frames: 127,
        wholeMachine: false,
        pagePlaces: true,
        swap: true,
        hints: true,
      }),
  },
  {
    program: lateEvents,
    build: (types) =>
      lateEvents.build(types, {
        tgid: 4127,
        tid: null,
        stackOverNs: 100_000,
        keepUnderNs: 60_000,
        keepIdleUnderNs: 1_000_000,
        faultOverNs: 2_000,
        threads: 1024,
        cpus: 128,
      }),
  },
];
