/** Two profiles in one tree: what each stack took per second in each of them. */
import { fileName } from '../stacks/names.ts';
import { NO_STACK, StackTable } from '../stacks/stack-table.ts';
import type { Side } from './difference.ts';
import { type FaultProfile, type ProfileLabel, stackSums } from './profile.ts';

export interface DifferenceProfile {
  readonly labels: readonly ProfileLabel[];
  /** The frames of its stacks are numbers of labels. */
  readonly stacks: StackTable;
  /** Each stack of either, once. */
  readonly weights: readonly { readonly stack: number; readonly before: Side; readonly after: Side }[];
}

const NOTHING: Side = { faultsPerSec: 0, stallNsPerSec: 0 };

/** Code is matched by its name and the name of its file, not its folder: two builds of one program are compared. */
export function profileDifference(before: FaultProfile, after: FaultProfile): DifferenceProfile {
  const labels: ProfileLabel[] = [];
  const ids = new Map<string, number>();
  const stacks = new StackTable();
  const sidesOf = (profile: FaultProfile) => {
    const labelIds = profile.labels.map((label) => {
      const key = `${label.name}\0${fileName(label.binary)}`;
      const id = ids.get(key) ?? labels.push(label) - 1;
      ids.set(key, id);
      return id;
    });
    return sidesIn(profile, (label) => labelIds[label] as number, stacks);
  };
  const [a, b] = [sidesOf(before), sidesOf(after)];
  const weights = [...new Set([...a.keys(), ...b.keys()])].map((stack) => ({
    stack,
    before: a.get(stack) ?? NOTHING,
    after: b.get(stack) ?? NOTHING,
  }));
  return { labels, stacks, weights };
}

/** By the number of the stack in the tree of both. */
function sidesIn(
  profile: FaultProfile,
  labelOf: (label: number) => number,
  stacks: StackTable,
): ReadonlyMap<number, Side> {
  const seconds = Math.max(1, profile.elapsedNs) / 1e9;
  const sides = new Map<number, Side>();
  for (const [stack, { faults, stallNs }] of stackSums(profile)) {
    const frames = profile.stacks.framesOf(stack).map(labelOf);
    const moved = frames.reduce((at, frame) => stacks.push(at, frame), NO_STACK);
    const known = sides.get(moved) ?? NOTHING;
    sides.set(moved, {
      faultsPerSec: known.faultsPerSec + faults / seconds,
      stallNsPerSec: known.stallNsPerSec + stallNs / seconds,
    });
  }
  return sides;
}
