/**
 * Time in which threads of a process were runnable and waited. A tenth of the time is what a person notices in a
 * service that works half of the time.
 */
import { look, type ProcessSignal } from '../signal.ts';

export const runDelay: ProcessSignal = {
  id: 'run-delay',
  scope: 'process',
  unit: 'Pct',
  looksFor: { en: 'threads are ready and wait for a CPU', ko: '실행 준비가 되었지만 CPU를 기다리는 스레드' },
  source: '/proc/PID/schedstat',
  defaults: { above: 10, criticalAbove: 100, forSec: 30 },
  inhibitedBy: ['throttled'],
  valueOf: (process) => process.runDelayPct,
  remedy: ({ tgid }) => look('see who held the CPU', '누가 CPU를 썼는지 확인', `keel late ${tgid} --for 10s`),
};
