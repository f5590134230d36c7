/** Faults and stall of each stack, by cause: what tables of functions and flame graphs are made of. */
import { FAULT_CAUSES, type FaultCause } from '../faults/cause.ts';
import type { FaultBatch } from '../faults/fault-batch.ts';
import { type FrameName, UNNAMED } from './names.ts';
import { NO_STACK, type StackTable } from './stack-table.ts';

export interface StackWeight {
  readonly stack: number;
  readonly cause: FaultCause;
  readonly faults: number;
  readonly stallNs: number;
}

/** Room for more causes: the key of a weight is `stack * 32 + cause`. */
const CAUSES = 32;

export class StackTotals {
  /** By key, in the order they came: where its sums are. */
  readonly #known = new Map<number, number>();
  #faults = new Float64Array(256);
  #stallsNs = new Float64Array(256);

  addBatch({ length, stacks, causes, latenciesNs }: FaultBatch): void {
    for (let row = 0; row < length; row += 1) {
      const key = (stacks[row] as number) * CAUSES + (causes[row] as number);
      const at = this.#known.get(key) ?? this.#open(key);
      this.#faults[at] = (this.#faults[at] as number) + 1;
      this.#stallsNs[at] = (this.#stallsNs[at] as number) + (latenciesNs[row] as number);
    }
  }

  weights(): StackWeight[] {
    return [...this.#known].map(([key, at]) => ({
      stack: Math.floor(key / CAUSES),
      cause: FAULT_CAUSES[key % CAUSES] as FaultCause,
      faults: this.#faults[at] as number,
      stallNs: this.#stallsNs[at] as number,
    }));
  }

  #open(key: number): number {
    const at = this.#known.size;
    this.#known.set(key, at);
    if (at === this.#faults.length) {
      this.#faults = doubled(this.#faults);
      this.#stallsNs = doubled(this.#stallsNs);
    }
    return at;
  }
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
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
