import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRunTime, stateLetter } from './task-semantics.ts';

describe('the letter of a state', () => {
  it.each([
    [0, 0, 'R'],
    [1, 0, 'S'],
    [2, 0, 'D'],
    [4, 0, 'T'],
    [8, 0, 't'],
    [0x402, 0, 'I'],
    [0x2001, 0, 'S'], // freezable sleep, 6.1 and later
    [0x8000, 0, 'D'], // frozen
    [0x1000, 0, 'D'], // waits for a spinlock on PREEMPT_RT
    [0x101, 0, 'S'], // TASK_WAKEKILL with a sleep
    [0x40, 0, 'P'],
    [0x80, 0x20, 'Z'], // TASK_DEAD, not yet waited for
    [0x80, 0x10, 'X'],
  ])('of 0x%x, exit state 0x%x, is %s', (state, exitState, letter) => {
    expect(stateLetter(state, exitState)).toBe(letter);
  });
});

describe('the split of run time', () => {
  const none = { userNs: 0n, systemNs: 0n };

  it.each([
    [
      'in proportion to the ticks',
      1000n,
      { userNs: 30n, systemNs: 10n },
      none,
      { userNs: 750n, systemNs: 250n },
    ],
    [
      'all user without a system tick',
      1000n,
      { userNs: 4n, systemNs: 0n },
      none,
      { userNs: 1000n, systemNs: 0n },
    ],
    [
      'all system without a user tick',
      1000n,
      { userNs: 0n, systemNs: 4n },
      none,
      { userNs: 0n, systemNs: 1000n },
    ],
    ['user, without any tick', 1000n, none, none, { userNs: 1000n, systemNs: 0n }],
    [
      'never less system time than before',
      1000n,
      { userNs: 30n, systemNs: 10n },
      { userNs: 500n, systemNs: 400n },
      { userNs: 600n, systemNs: 400n },
    ],
    [
      'never less user time than before',
      1000n,
      { userNs: 10n, systemNs: 30n },
      { userNs: 800n, systemNs: 100n },
      { userNs: 800n, systemNs: 200n },
    ],
    [
      'what was said before, where nothing ran since',
      900n,
      { userNs: 10n, systemNs: 30n },
      { userNs: 800n, systemNs: 100n },
      { userNs: 800n, systemNs: 100n },
    ],
  ])('is %s', (_, runTimeNs, ticks, previous, expected) => {
    expect(splitRunTime(runTimeNs, { ticks, previous })).toEqual(expected);
  });

  it('adds up, and never goes back', () => {
    const ns = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(ns, ns, ns, ns, ns, (runTimeNs, userNs, systemNs, earlierNs, moreNs) => {
        const before = splitRunTime(earlierNs, { ticks: { userNs, systemNs }, previous: none });
        const after = splitRunTime(runTimeNs, {
          ticks: { userNs: userNs + moreNs, systemNs },
          previous: before,
        });
        expect(after.userNs).toBeGreaterThanOrEqual(before.userNs);
        expect(after.systemNs).toBeGreaterThanOrEqual(before.systemNs);
        expect(after.userNs + after.systemNs).toBe(runTimeNs > earlierNs ? runTimeNs : earlierNs);
      }),
    );
  });
});
