import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import type { Move } from '../placement/proposal.ts';
import { wishesForThread } from './proposal-wishes.ts';
import { OTHER } from './testing/defaults.ts';

const move = (parts: Partial<Move>): Move => ({
  tgid: 1,
  comm: 'arena',
  threads: 'all',
  cpus: null,
  scheduling: null,
  memory: null,
  ...parts,
});
const thread = (tid: number) => ({ tid, startTicks: 1n });

describe('wishesForThread', () => {
  it('lets a move that names the thread go before one of all, in either order', () => {
    const moves = [move({ cpus: CpuSet.of(0, 1) }), move({ threads: [7], cpus: CpuSet.of(3) })];
    for (const order of [moves, moves.toReversed()]) {
      expect(wishesForThread(order, thread(7)).map((wish) => wish.label)).toEqual(['3']);
      expect(wishesForThread(order, thread(8)).map((wish) => wish.label)).toEqual(['0-1']);
    }
  });

  it('wants nothing of a thread that no move names', () => {
    expect(wishesForThread([move({ threads: [7], cpus: CpuSet.of(3) })], thread(8))).toEqual([]);
  });

  it('makes policies, nice values, slices and memory of words', () => {
    const [scheduling, memory] = wishesForThread(
      [
        move({
          scheduling: { policy: 'idle', nice: null, sliceNs: 100_000 },
          memory: { mode: 'bind', nodes: CpuSet.of(1), migrate: false },
        }),
      ],
      thread(7),
    );
    expect(scheduling?.want(OTHER)).toEqual({ ...OTHER, policy: 5, runtimeNs: 100_000 });
    expect(memory?.label).toBe('bind:1');
  });
});
