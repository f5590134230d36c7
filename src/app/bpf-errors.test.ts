import { expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { noRing } from './bpf-errors.ts';

const FORMAT = '/sys/kernel/tracing/events/sched/sched_switch/format';

it('tells how tracefs is mounted where there is none', () => {
  const { code, parts } = noRing(missing('absent', FORMAT));
  expect(code).toBe('E_UNSUPPORTED');
  expect(parts.what.en).toContain(FORMAT);
  expect(parts.next?.[0]?.en).toContain('mount -t tracefs tracefs /sys/kernel/tracing');
});

it('does not advise it where it is there, but refused', () => {
  const { code, parts } = noRing(missing('denied', 'perf_event_open(2)', 'EACCES'));
  expect(code).toBe('E_PRIVILEGE');
  expect(JSON.stringify(parts.next)).not.toContain('mount');
});
