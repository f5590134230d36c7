/** Late ticks of a target. Measured now and then, for some seconds: one such measurement is enough to tell. */
import { look, type ProcessSignal } from '../signal.ts';

export const lateTicks: ProcessSignal = {
  id: 'late-ticks',
  scope: 'process',
  unit: 'Pct',
  looksFor: { en: 'ticks or wake-ups of a process come late', ko: '틱이나 깨어남이 늦은 프로세스' },
  source: 'sched events by BPF',
  defaults: { above: 1, criticalAbove: 10, forSec: 0 },
  inhibitedBy: [],
  valueOf: (process) => process.latePct,
  remedy: ({ tgid }) =>
    look('see each late moment with its cause', '늦은 순간과 원인을 확인', `keel late ${tgid} --for 30s`),
};
