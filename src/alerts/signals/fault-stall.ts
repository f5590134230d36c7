/**
 * Time that page faults held the threads of a process: the measure that counts of faults only stand for. From 1 % on,
 * as in diagnosis/finding.ts.
 */
import { look, type ProcessSignal } from '../signal.ts';

export const faultStall: ProcessSignal = {
  id: 'fault-stall',
  scope: 'process',
  unit: 'Pct',
  looksFor: { en: 'page faults hold the threads of a process', ko: '페이지 폴트로 스레드가 멈춘 프로세스' },
  source: 'perf page-faults',
  defaults: { above: 1, criticalAbove: 10, forSec: 10 },
  inhibitedBy: [],
  valueOf: (process) => process.stallPct,
  remedy: ({ tgid }) =>
    look('see where the time goes', '멈춘 시간의 원인을 확인', `keel faults record ${tgid} --for 10s`),
};
