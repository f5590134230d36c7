import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../host/facts.ts';
import { parseTaskStat } from '../kernel/task/stat.ts';
import { isStuck, Patience } from './lasting-wait.ts';

const stat = (state: string, majorFaults = 7) =>
  parseTaskStat(
    `12 (arena) ${state} 1 12 12 0 -1 4194304 100 0 ${majorFaults} 0 5 5 0 0 20 0 1 0 999 4096 1 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0`,
    { ...NO_FACTS, pageBytes: 4096, ticksPerSec: 100 },
  );

/** What it says of a thread that is seen so, look by look; how often it looked again. */
function look(...seen: readonly (ReturnType<typeof stat> | null)[]) {
  let at = 0;
  const stuck = isStuck(
    seen[0] as ReturnType<typeof stat>,
    () => seen[Math.min(at, seen.length - 1)] ?? null,
    () => {
      at += 1;
    },
  );
  return [stuck, at];
}

describe('a thread in state D', () => {
  it('is stuck where it stays there and nothing of it comes to an end', () => {
    expect(look(stat('D'))).toEqual([true, 40]);
  });

  it('is not where it was seen elsewhere, or another fault of it was served', () => {
    expect(look(stat('D'), stat('D'), stat('R'))).toEqual([false, 2]);
    expect(look(stat('D'), stat('D'), stat('D', 8))).toEqual([false, 2]);
    expect(look(stat('D'), null)).toEqual([false, 1]);
  });

  it('is not waited for so long, where others of its process were stuck', () => {
    const patience = new Patience();
    const looks = [1, 2, 3].map(() => {
      let looked = 0;
      const pause = () => {
        looked += 1;
      };
      expect(isStuck(stat('D'), () => stat('D'), pause, patience)).toBe(true);
      return looked;
    });
    expect(looks).toEqual([40, 3, 3]);
  });

  it('is not looked for where a thread is in another state', () => {
    expect(look(stat('S'))).toEqual([false, 0]);
  });
});
