/**
 * Minor page faults of a process. 1,000 a second is the usual alarm; a rate that lasts, because every start has more.
 */
import { look, type ProcessSignal } from '../signal.ts';

export const minorFaults: ProcessSignal = {
  id: 'minor-faults',
  scope: 'process',
  unit: 'PerSec',
  looksFor: { en: 'a process takes many minor page faults', ko: '마이너 폴트가 많은 프로세스' },
  source: '/proc/PID/stat',
  defaults: { above: 1000, criticalAbove: null, forSec: 30 },
  inhibitedBy: ['major-faults', 'fault-stall'],
  valueOf: (process) => process.minorPerSec,
  remedy: ({ tgid }) =>
    look(
      'see which causes and files the faults have',
      '폴트의 원인과 파일을 확인',
      `keel faults record ${tgid} --for 10s`,
    ),
};
