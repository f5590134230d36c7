import { describe, expect, it } from 'vitest';
import { missing } from '../../base/missing.ts';
import { cpus, machine, processOf, thread } from '../testing/process.ts';
import { mainThreadOnly } from './main-thread-only.ts';

const check = (...masks: string[]) =>
  mainThreadOnly.check(
    processOf({ threads: masks.map((mask, i) => thread(100 + i, { affinity: cpus(mask) })) }),
    machine(),
  );

describe('main-thread-only', () => {
  it('finds what taskset -p without -a leaves behind', () => {
    const [found] = check('3', '0-7', '0-7');
    expect(found?.summary.en).toBe('only the main thread is pinned (to 3); 2 other threads run on 0-7');
    expect(found?.remedies[0]?.command).toBe('keel pin 100 3');
    expect(found?.evidence[0]?.value).toBe(2);
  });

  it.each([
    ['all are pinned alike', ['3', '3']],
    ['one thread', ['3']],
    ['a worker is pinned, not the main thread', ['0-7', '3', '0-7']],
    ['the others are pinned too, elsewhere', ['3', '4-5', '4-5']],
    ['three masks are no accident', ['3', '4', '0-7']],
  ])('is silent where %s', (_, masks) => {
    expect(check(...masks)).toEqual([]);
  });

  it('is silent where masks are not readable', () => {
    const threads = [thread(100, { affinity: missing('denied', 'status') }), thread(101)];
    expect(mainThreadOnly.check(processOf({ threads }), machine())).toEqual([]);
  });
});
