/** Major page faults of a process. 10 a second is the usual alarm; each may wait for a disk. */
import { look, type ProcessSignal } from '../signal.ts';

export const majorFaults: ProcessSignal = {
  id: 'major-faults',
  scope: 'process',
  unit: 'PerSec',
  looksFor: { en: 'a process waits for pages from storage', ko: '저장 장치에서 페이지를 기다리는 프로세스' },
  source: '/proc/PID/stat',
  defaults: { above: 10, criticalAbove: 100, forSec: 10 },
  inhibitedBy: ['fault-stall'],
  valueOf: (process) => process.majorPerSec,
  remedy: ({ tgid }) =>
    look(
      'see which files the faults wait for',
      '어느 파일을 기다리는지 확인',
      `keel faults record ${tgid} --for 10s`,
    ),
};
