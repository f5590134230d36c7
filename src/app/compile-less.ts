/** How V8 is told what kind of work is to come. */
import { setFlagsFromString } from 'node:v8';

/** Of one CPU. Above it, optimised code earns back what making it took. */
const LITTLE_RATIO = 1 / 100;

/**
 * For a program that works for a millisecond a second, for hours: optimising what it runs, and collecting garbage each
 * time it is idle, took a quarter of its CPU time. The baseline compiler stays. Holds from now on, for the whole process.
 *
 * @param busyNs of each `everyNs`; where that is much, nothing is changed
 */
export function compileLess(busyNs: number, everyNs: number): void {
  if (busyNs > everyNs * LITTLE_RATIO) return;
  setFlagsFromString('--no-opt');
  setFlagsFromString('--no-memory-reducer');
}
