/** The registry of abilities. One line per ability; `index.test.ts` compares it with the folder. */
import type { Ability } from '../ability.ts';
import { cgroups } from './cgroups.ts';
import { counters } from './counters.ts';
import { exactEvents } from './exact-events.ts';
import { folding } from './folding.ts';
import { hardwareCounters } from './hardware-counters.ts';
import { interrupts } from './interrupts.ts';
import { lockedMemory } from './locked-memory.ts';
import { numa } from './numa.ts';
import { otherProcesses } from './other-processes.ts';
import { placement } from './placement.ts';
import { pressure } from './pressure.ts';
import { swap } from './swap.ts';
import { timeSlices } from './time-slices.ts';
import { tracepoints } from './tracepoints.ts';

/** From what every command needs to what few do. */
export const ABILITIES: readonly Ability[] = [
  counters,
  pressure,
  cgroups,
  placement,
  interrupts,
  timeSlices,
  exactEvents,
  folding,
  tracepoints,
  otherProcesses,
  lockedMemory,
  numa,
  swap,
  hardwareCounters,
];
