/** Faults and stall of each stack, by cause: what tables of functions and flame graphs are made of. */
import { FAULT_CAUSES, type FaultCause } from '../faults/cause.ts';
import { type FrameName, UNNAMED } from './names.ts';
import { NO_STACK, type StackTable } from './stack-table.ts';

export interface StackWeight {
  readonly stack: number;
  readonly cause: FaultCause;
  readonly faults: number;
  readonly stallNs: number;
}

const CAUSE_INDEX: ReadonlyMap<FaultCause, number> = new Map(FAULT_CAUSES.map((cause, i) => [cause, i]));
/** Room for more causes: the key of a weight is `stack * 32 + cause`. */
const CAUSES = 32;

export class StackTotals {
  readonly #weights = new Map<number, { faults: number; stallNs: number }>();

  add(stack: number, cause: FaultCause, latencyNs: number): void {
    const key = stack * CAUSES + (CAUSE_INDEX.get(cause) as number);
    const weight = this.#weights.get(key);
    if (weight === undefined) this.#weights.set(key, { faults: 1, stallNs: latencyNs });
    else {
      weight.faults += 1;
      weight.stallNs += latencyNs;
    }
  }

  weights(): StackWeight[] {
    return [...this.#weights].map(([key, weight]) => ({
      stack: Math.floor(key / CAUSES),
      cause: FAULT_CAUSES[key % CAUSES] as FaultCause,
      ...weight,
    }));
  }
}

export interface FunctionShare {
  /** null for all code of the file that has no name. */
  readonly function: string | null;
  readonly binary: string;
  /** Faults of its own instructions. */
  readonly faults: number;
  readonly stallNs: number;
  /** Also those of what it called. */
  readonly withCalleesFaults: number;
  readonly withCalleesStallNs: number;
}

interface Sums {
  readonly name: FrameName;
  faults: number;
  stallNs: number;
  withCalleesFaults: number;
  withCalleesStallNs: number;
}

/** By the stall of its own instructions, the heaviest first; then by that of what it called. */
export function functionShares(
  weights: readonly StackWeight[],
  stacks: StackTable,
  names: readonly FrameName[],
): FunctionShare[] {
  const sums = new Map<string, Sums>();
  const keys = names.map((name) => `${name.function ?? ''}\0${name.binary}`);
  const sumOf = (frame: number): Sums => {
    const key = keys[frame] ?? '';
    let sum = sums.get(key);
    if (sum === undefined) {
      const name = names[frame] ?? UNNAMED;
      sum = { name, faults: 0, stallNs: 0, withCalleesFaults: 0, withCalleesStallNs: 0 };
      sums.set(key, sum);
    }
    return sum;
  };
  for (const { stack, faults, stallNs } of weights) {
    if (stack === NO_STACK) continue;
    const own = sumOf(stacks.frame(stack));
    own.faults += faults;
    own.stallNs += stallNs;
    // A function that calls itself counts once.
    const callers = new Set<Sums>();
    for (let at = stack; at !== NO_STACK; at = stacks.parent(at)) callers.add(sumOf(stacks.frame(at)));
    for (const sum of callers) {
      sum.withCalleesFaults += faults;
      sum.withCalleesStallNs += stallNs;
    }
  }
  return [...sums.values()]
    .map(({ name, ...sum }) => ({ function: name.function, binary: name.binary, ...sum }))
    .sort((a, b) => b.stallNs - a.stallNs || b.withCalleesStallNs - a.withCalleesStallNs);
}
