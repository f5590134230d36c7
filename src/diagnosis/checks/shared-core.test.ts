import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import type { ThreadCheck } from '../../model/process-check.ts';
import { cpus, machine, processOf, thread } from '../testing/process.ts';
import { sharedCore } from './shared-core.ts';

/** Process 100 is 10 s old; a busy thread ran 6 s of them. */
const busy = (tid: number, cpu: number, changes: Partial<ThreadCheck> = {}) =>
  thread(tid, {
    affinity: cpus(`${cpu}`),
    runTimeNs: 6_000_000_000n,
    runDelayNs: 2_000_000_000n,
    ...changes,
  });
const check = (...threads: ThreadCheck[]) => sharedCore.check(processOf({ threads }), machine());

describe('shared-core', () => {
  it('finds two on one CPU', () => {
    const [found] = check(busy(100, 2), busy(101, 4), busy(102, 2));
    expect(found?.summary.en).toBe('busy threads t100 100 and t102 102 are both pinned to CPU 2');
    expect(found?.evidence.map((one) => one.value)).toEqual([60, 60, 4e9]);
  });

  it('finds SMT siblings', () => {
    expect(check(busy(100, 2), busy(101, 3))[0]?.summary.en).toContain('CPUs 2 and 3, SMT siblings');
  });

  it.each([
    ['different cores', [busy(100, 2), busy(101, 4)]],
    ['one of them idle', [busy(100, 2), busy(101, 2, { runTimeNs: 2_400_000_000n })]],
    ['two CPUs to choose from', [busy(100, 2), busy(101, 2, { allowed: cpus('2-3') })]],
    ['run time not readable', [busy(100, 2), busy(101, 2, { runTimeNs: missing('absent', 'schedstat') })]],
  ])('is silent: %s', (_, threads) => {
    expect(check(...threads)).toEqual([]);
  });

  it('measures a thread by its own age', () => {
    const young = busy(101, 2, { startNs: 9_000_000_000n, runTimeNs: 500_000_000n });
    expect(check(busy(100, 2), young)).toHaveLength(1);
  });

  it('is silent where siblings are not known', () => {
    const threads = [busy(100, 2), busy(101, 3)];
    expect(sharedCore.check(processOf({ threads }), machine({ coreOf: new Map() }))).toEqual([]);
  });
});
