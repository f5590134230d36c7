/**
 * Refaults of the machine: memory is too small for what is used. 1,000 pages a second are 4 MiB/s that are read
 * twice.
 */
import { look, type MachineSignal } from '../signal.ts';

export const refaults: MachineSignal = {
  id: 'refaults',
  scope: 'machine',
  unit: 'PerSec',
  looksFor: {
    en: 'pages are read again shortly after they were reclaimed',
    ko: '회수한 페이지를 곧 다시 읽음',
  },
  source: '/proc/vmstat workingset_refault',
  defaults: { above: 1000, criticalAbove: null, forSec: 60 },
  inhibitedBy: ['memory-pressure'],
  valueOf: (machine) => machine.refaultsPerSec,
  remedy: () =>
    look('see whose memory is reclaimed', '누구의 메모리가 회수되는지 확인', 'keel why --for 10s'),
};
