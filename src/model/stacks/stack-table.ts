/**
 * Stacks folded into one tree: a stack is the number of its innermost frame's node, and stacks that begin alike share
 * their beginning. A child's number is above its parent's.
 */

/** No stack: what is above every outermost frame. */
export const NO_STACK = 0;

const MOST_STACKS = 1_000_000;

export class StackTable {
  readonly #parents: number[] = [NO_STACK];
  readonly #frames: number[] = [0];
  readonly #known = new Map<number, number>();

  /** Nodes, NO_STACK among them. */
  get size(): number {
    return this.#parents.length;
  }

  parent(stack: number): number {
    return this.#parents[stack] ?? NO_STACK;
  }

  /** The innermost frame. */
  frame(stack: number): number {
    return this.#frames[stack] ?? 0;
  }

  /** The stack with one more frame inside. Beyond what is kept, the stack as it is: its innermost frames are cut off. */
  push(stack: number, frame: number): number {
    // Both are below 2^20, so the key is exact.
    const key = stack * 0x10_0000 + frame;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#parents.length >= MOST_STACKS) return stack;
    this.#known.set(key, this.#parents.length);
    this.#frames.push(frame);
    return this.#parents.push(stack) - 1;
  }

  /** Frames from the outermost to the innermost. */
  framesOf(stack: number): number[] {
    const frames: number[] = [];
    for (let at = stack; at !== NO_STACK; at = this.parent(at)) frames.push(this.frame(at));
    return frames.reverse();
  }
}
