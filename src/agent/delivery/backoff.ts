/** How long to wait after a failure: slower and slower, and not all hosts at the same moment. */
const FIRST_WAIT_NS = 1e9;
const LONGEST_WAIT_NS = 300e9;
/** So that a hundred hosts do not come back at the same moment. */
const JITTER_RATIO = 0.2;

/** @param failures since the last success, from 1. @param random from 0 to 1 */
export function backoffNs(failures: number, random: number): number {
  const paceNs = Math.min(LONGEST_WAIT_NS, FIRST_WAIT_NS * 2 ** Math.min(failures - 1, 20));
  return paceNs * (1 + JITTER_RATIO * (2 * random - 1));
}
