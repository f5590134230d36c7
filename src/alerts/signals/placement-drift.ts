/**
 * Threads that left the CPUs that the configuration gives their target: something reset the affinity, or a thread was
 * born elsewhere.
 */
import { look, type ProcessSignal } from '../signal.ts';

export const placementDrift: ProcessSignal = {
  id: 'placement-drift',
  scope: 'process',
  unit: 'threads',
  looksFor: {
    en: 'threads may run outside of the CPUs they were given',
    ko: '지정한 CPU 밖에서 실행될 수 있는 스레드',
  },
  source: 'sched_getaffinity',
  defaults: { above: 0, criticalAbove: null, forSec: 10 },
  inhibitedBy: [],
  valueOf: (process) => process.strayThreads,
  remedy: ({ tgid }) =>
    look('see each thread with its affinity', '스레드마다 친화도를 확인', `keel check ${tgid}`),
};
