import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { proposed } from '../testing/plans.ts';
import { situation, thread, UNKNOWN } from '../testing/situations.ts';
import { leaveAlone } from './leave-alone.ts';

describe('leaving it alone', () => {
  it('always applies, changes nothing, and says how it is now', () => {
    const found = proposed(leaveAlone, situation(captured('single')));
    expect(found).toMatchObject({ moves: [], groups: [], upToPct: 0 });
    expect(found.why.en).toMatch(/longest wait is 2\.0 %, with 0\.0 moves\/s/);
  });

  it('does not take unknown moves for none', () => {
    const target = { threads: [thread(100, { migrationsPerSec: UNKNOWN })] };
    expect(proposed(leaveAlone, situation(captured('single'), { target })).why.en).toMatch(/with — moves/);
  });
});
