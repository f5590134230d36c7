/** The registry of rules. One line per rule; `index.test.ts` compares it with the folder. */
import type { Rule } from '../finding.ts';
import { cpuPressure } from './cpu-pressure.ts';
import { forks } from './forks.ts';
import { interrupts } from './interrupts.ts';
import { ioPressure } from './io-pressure.ts';
import { majorFaults } from './major-faults.ts';
import { memoryPressure } from './memory-pressure.ts';
import { migrates } from './migrates.ts';
import { minorFaults } from './minor-faults.ts';
import { steal } from './steal.ts';
import { swaps } from './swaps.ts';
import { throttled } from './throttled.ts';
import { waitsForCpu } from './waits-for-cpu.ts';

/** In the order in which what was ruled out is listed. */
export const RULES: readonly Rule[] = [
  waitsForCpu,
  throttled,
  migrates,
  majorFaults,
  minorFaults,
  swaps,
  memoryPressure,
  ioPressure,
  cpuPressure,
  steal,
  interrupts,
  forks,
];
