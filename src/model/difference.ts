/** Arithmetic on counters that may be missing. A missing operand makes the result missing, with its reason. */
import { isMissing, type Maybe, missing } from '../base/missing.ts';

/** Events per second over the measured time. */
export function perSec(count: number, elapsedNs: number): number {
  return (count * 1e9) / elapsedNs;
}

/** `b - a` as a number, absent where the counter went back (a reset, or another task). */
export function difference(a: bigint, b: bigint, name: string): Maybe<number> {
  return b < a ? missing('unreadable', name, 'the counter went back') : Number(b - a);
}

/** `f` of two values; the first missing one otherwise. */
export function both<A, B>(a: Maybe<A>, b: Maybe<A>, f: (a: A, b: A) => Maybe<B>): Maybe<B> {
  if (isMissing(a)) return a;
  return isMissing(b) ? b : f(a, b);
}

/** The sum; the first missing value otherwise. The sum of nothing is 0. */
export function sum(values: Iterable<Maybe<number>>): Maybe<number> {
  let total = 0;
  for (const value of values) {
    if (isMissing(value)) return value;
    total += value;
  }
  return total;
}
