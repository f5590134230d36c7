import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SweptThread } from '../../model/task-sweep.ts';
import { ThreadGroups } from './thread-groups.ts';

const thread = (tid: number, tgid: number): SweptThread => ({ tid, tgid }) as SweptThread;

describe('the threads of each process', () => {
  it('are the same list while each of them is the same', () => {
    const groups = new ThreadGroups();
    const [main, worker, other] = [thread(10, 10), thread(12, 10), thread(11, 11)];
    const first = groups.update([main, other, worker]).get(10)?.threads;
    expect(groups.update([main, thread(11, 11), worker]).get(10)?.threads).toBe(first);
    expect(groups.update([main, worker]).get(10)?.threads).toBe(first);
    expect(groups.update([main, thread(12, 10)]).get(10)?.threads).not.toBe(first);
  });

  it('lack a main thread where the sweep missed it', () => {
    expect(new ThreadGroups().update([thread(12, 10)]).get(10)?.main).toBeNull();
  });

  it('are those of this sweep, whatever was before', () => {
    const pool = [1, 2, 3, 4, 5, 6].flatMap((tid) => [thread(tid, tid % 3), thread(tid, tid % 2)]);
    const sweep = fc.subarray(pool);
    fc.assert(
      fc.property(fc.array(sweep, { maxLength: 8 }), (sweeps) => {
        const groups = new ThreadGroups();
        for (const threads of sweeps) {
          const seen = [...groups.update(threads)].map(([tgid, group]) => [tgid, group.threads] as const);
          const expected = new Set(threads.map(({ tgid }) => tgid));
          expect(new Set(seen.map(([tgid]) => tgid))).toEqual(expected);
          for (const [tgid, members] of seen) {
            expect(members).toEqual(threads.filter((one) => one.tgid === tgid));
            expect(members.every((one, i) => one === threads.filter((t) => t.tgid === tgid)[i])).toBe(true);
          }
        }
      }),
    );
  });
});
