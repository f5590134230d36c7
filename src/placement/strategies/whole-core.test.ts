import { describe, expect, it } from 'vitest';
import { captured } from '../testing/machines.ts';
import { planOf, refusal } from '../testing/plans.ts';
import { busy, situation, thread } from '../testing/situations.ts';
import { wholeCore } from './whole-core.ts';

const work = (threads: number, helpers = 1) => ({
  target: {
    threads: [
      ...Array.from({ length: threads }, (_, i) => busy(100 + i)),
      ...Array.from({ length: helpers }, (_, i) => thread(200 + i)),
    ],
  },
});

describe('a core alone for each busy thread', () => {
  it('takes whole cores and leaves the rest to the others', () => {
    expect(planOf(wholeCore, situation(captured('2s2c2t-apart'), work(2)))).toBe(
      '100 -> 3,7; 101 -> 2,6; all -> 0-1,4-5',
    );
    expect(planOf(wholeCore, situation(captured('dies'), work(1, 0)))).toBe('100 -> 3');
  });

  it('leaves a core to everybody else, and does not pin a pool', () => {
    expect(refusal(wholeCore, situation(captured('dies'), work(4)))).toMatch(/^4 busy threads and 4 cores/);
  });

  it('is not for threads that mostly sleep', () => {
    expect(refusal(wholeCore, situation(captured('2s2c2t')))).toMatch(/busiest thread wants 40\.0 %/);
  });
});
