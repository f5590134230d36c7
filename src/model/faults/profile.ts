/** A recording as the viewers of profiles want it: stacks of labels, with faults and stall by cause. */
import { safeName } from '../../base/safe-name.ts';
import type { FlameWeight } from '../stacks/flame-layout.ts';
import { fileName, frameLabel, UNNAMED } from '../stacks/names.ts';
import { NO_STACK, StackTable } from '../stacks/stack-table.ts';
import type { StackWeight } from '../stacks/stack-totals.ts';
import { FAULT_CAUSES, type FaultCause } from './cause.ts';
import type { FaultRecording } from './recording.ts';

/** A function, or a place without a name. Both texts are safe to print. */
export interface ProfileLabel {
  readonly name: string;
  /** Path of the file, or "[kernel]" and the like. */
  readonly binary: string;
}

export interface FaultProfile {
  readonly labels: readonly ProfileLabel[];
  /** The frames of its stacks are numbers of labels. */
  readonly stacks: StackTable;
  /** Each of a stack and a cause, once. */
  readonly weights: readonly StackWeight[];
  readonly elapsedNs: number;
  readonly faults: number;
  readonly stallNs: number;
}

/** Places of one function become one; faults whose code is not known get a frame that says so. */
export function profileOf({ stacks, weights, names, elapsedNs, summary }: FaultRecording): FaultProfile {
  const labels: ProfileLabel[] = [];
  const ids = new Map<string, number>();
  const labelOf = names.map((name) => {
    const label = { name: safeName(frameLabel(name)), binary: safeName(name.binary) };
    const key = `${label.name}\0${label.binary}`;
    let id = ids.get(key);
    if (id === undefined) {
      id = labels.push(label) - 1;
      ids.set(key, id);
    }
    return id;
  });
  const nowhere = labels.push({ name: fileName(UNNAMED.binary), binary: UNNAMED.binary }) - 1;
  const folded = new StackTable();
  const moved = new Float64Array(stacks.size);
  for (let stack = 1; stack < stacks.size; stack += 1) {
    const parent = moved[stacks.parent(stack)] as number;
    moved[stack] = folded.push(parent, labelOf[stacks.frame(stack)] ?? nowhere);
  }
  moved[NO_STACK] = weights.some((one) => one.stack === NO_STACK) ? folded.push(NO_STACK, nowhere) : NO_STACK;
  return {
    labels,
    stacks: folded,
    weights: merged(weights.map((one) => ({ ...one, stack: moved[one.stack] as number }))),
    elapsedNs,
    faults: summary.total.faults,
    stallNs: summary.total.stallNs,
  };
}

function merged(weights: readonly StackWeight[]): StackWeight[] {
  const sums = new Map<number, Map<FaultCause, StackWeight>>();
  for (const weight of weights) {
    let ofStack = sums.get(weight.stack);
    if (ofStack === undefined) {
      ofStack = new Map();
      sums.set(weight.stack, ofStack);
    }
    const known = ofStack.get(weight.cause);
    ofStack.set(weight.cause, {
      ...weight,
      faults: weight.faults + (known?.faults ?? 0),
      stallNs: weight.stallNs + (known?.stallNs ?? 0),
    });
  }
  return [...sums.values()].flatMap((ofStack) => [...ofStack.values()]);
}

/** Stacks with their sums over all causes: for formats that know no causes. */
export function stackSums({
  weights,
}: FaultProfile): ReadonlyMap<number, { faults: number; stallNs: number }> {
  const sums = new Map<number, { faults: number; stallNs: number }>();
  for (const { stack, faults, stallNs } of weights) {
    const sum = sums.get(stack) ?? { faults: 0, stallNs: 0 };
    sums.set(stack, { faults: sum.faults + faults, stallNs: sum.stallNs + stallNs });
  }
  return sums;
}

/** A profile as parallel lists, which is how documents and pages carry it. Node 0 is what is above all stacks. */
export interface ProfileTable {
  readonly causes: readonly FaultCause[];
  /** Name and file of each label. */
  readonly labels: readonly (readonly [name: string, binary: string])[];
  /** Of each node, the node around it. */
  readonly parents: readonly number[];
  /** Of each node, its label; without meaning for node 0. */
  readonly frames: readonly number[];
  /** With the number of its cause in `causes`. */
  readonly weights: readonly FlameWeight[];
}

export function profileTable({ labels, stacks, weights }: FaultProfile): ProfileTable {
  const nodes = Array.from({ length: stacks.size }, (_, i) => i);
  return {
    causes: FAULT_CAUSES,
    labels: labels.map(({ name, binary }) => [name, binary]),
    parents: nodes.map((node) => stacks.parent(node)),
    frames: nodes.map((node) => stacks.frame(node)),
    weights: weights.map(({ stack, cause, faults, stallNs }) => [
      stack,
      FAULT_CAUSES.indexOf(cause),
      faults,
      Math.round(stallNs),
    ]),
  };
}
