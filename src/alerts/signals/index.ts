/** The registry of signals. One line each; `index.test.ts` compares it with the folder. */
import type { Signal } from '../signal.ts';
import { cpuPressure } from './cpu-pressure.ts';
import { faultStall } from './fault-stall.ts';
import { ioPressure } from './io-pressure.ts';
import { lateTicks } from './late-ticks.ts';
import { lockedMemory } from './locked-memory.ts';
import { majorFaults } from './major-faults.ts';
import { memoryPressure } from './memory-pressure.ts';
import { minorFaults } from './minor-faults.ts';
import { placementDrift } from './placement-drift.ts';
import { refaults } from './refaults.ts';
import { runDelay } from './run-delay.ts';
import { swapIn } from './swap-in.ts';
import { swapped } from './swapped.ts';
import { throttled } from './throttled.ts';

/** In the order in which they are listed: what holds threads up first. */
export const SIGNALS: readonly Signal[] = [
  faultStall,
  majorFaults,
  minorFaults,
  lateTicks,
  runDelay,
  throttled,
  swapped,
  placementDrift,
  memoryPressure,
  swapIn,
  refaults,
  ioPressure,
  cpuPressure,
  lockedMemory,
];

export function signalOf(id: string): Signal | undefined {
  return SIGNALS.find((signal) => signal.id === id);
}
