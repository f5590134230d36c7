import { expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { machine, processOf, thread } from '../testing/process.ts';
import { realtimeLimit } from './realtime-limit.ts';

const fifo = processOf({ threads: [thread(100), thread(101, { policy: 'fifo', realtimePriority: 40 })] });

it('says how much of a period real-time threads may have', () => {
  const [found] = realtimeLimit.check(fifo, machine());
  expect(found?.summary.en).toContain('real-time threads (1) may run 950 of each 1000 ms');
  expect(found?.evidence[0]?.value).toBe(95);
});

it('is silent without a limit, without real-time threads, and where it is not readable', () => {
  for (const realtimeRuntimeUs of [null, 1_000_000, missing('absent', 'sched_rt_runtime_us')])
    expect(realtimeLimit.check(fifo, machine({ realtimeRuntimeUs }))).toEqual([]);
  expect(realtimeLimit.check(processOf(), machine())).toEqual([]);
});
