/**
 * Fixed work without memory: chains in which each step needs the one before, so their speed is the clock's and the
 * pipeline's alone. A CPU at half the clock takes twice as long; so does one whose sibling is busy.
 */

/**
 * One step: three shifts, three exclusive ors, a product (xorshift32, Marsaglia 2003, and Knuth's multiplier).
 * @param seed not 0, which a step leaves as it is; no other value becomes it
 */
export function integerWork(steps: number, seed: number): number {
  let state = seed;
  for (let i = 0; i < steps; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state = Math.imul(state, 2_654_435_761);
  }
  return state;
}

/** One step: a product and a sum of 64 bits, towards 2. */
export function floatingWork(steps: number, seed: number): number {
  let value = seed;
  for (let i = 0; i < steps; i += 1) value = value * 0.999_999 + 0.000_002;
  return value;
}
