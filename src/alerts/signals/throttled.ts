/**
 * Periods in which the CPU quota stopped the cgroup of a process. 5 % and 25 % are the shares of
 * diagnosis/finding.ts.
 */
import { look, type ProcessSignal } from '../signal.ts';

export const throttled: ProcessSignal = {
  id: 'throttled',
  scope: 'process',
  unit: 'Pct',
  looksFor: { en: 'a CPU quota stops a process', ko: 'CPU 할당량 때문에 멈추는 프로세스' },
  source: 'cpu.stat',
  defaults: { above: 5, criticalAbove: 25, forSec: 30 },
  inhibitedBy: [],
  valueOf: (process) => process.throttledPct,
  remedy: ({ tgid }) =>
    look('see the quota and what it cost', 'CPU 할당량과 그 영향을 확인', `keel check ${tgid}`),
};
