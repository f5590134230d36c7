import { expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { machine, processOf } from '../testing/process.ts';
import { lockLimit } from './lock-limit.ts';

const check = (lockedBytes: number, soft: bigint | 'unlimited' = 1000n) =>
  lockLimit.check(
    processOf({
      memory: { rssBytes: 0, swapBytes: 0, lockedBytes, byNode: new Map() },
      lockedMemoryLimit: { soft, hard: 'unlimited' },
    }),
    machine(),
  );

it('warns from four fifths of the limit on', () => {
  expect(check(799)).toEqual([]);
  expect(check(800)[0]?.summary.en).toContain('close to the limit');
  expect(check(800)[0]?.remedies[0]?.undo).toBe('prlimit --pid 100 --memlock=1000:unlimited');
});

it('says where a privileged process is beyond it', () => {
  expect(check(1001)[0]?.summary.en).toContain('more memory than its limit allows');
});

it('is silent without locks, without a limit, and where it is not readable', () => {
  expect(check(0)).toEqual([]);
  expect(check(5000, 'unlimited')).toEqual([]);
  const unread = processOf({ lockedMemoryLimit: missing('denied', 'limits') });
  expect(lockLimit.check(unread, machine())).toEqual([]);
});
