/**
 * Pages that come back from swap: each of them held a thread. 100 a second of a disk with 1 ms each are a tenth of
 * the time.
 */
import { look, type MachineSignal } from '../signal.ts';

export const swapIn: MachineSignal = {
  id: 'swap-in',
  scope: 'machine',
  unit: 'PerSec',
  looksFor: { en: 'pages come back from swap', ko: '스왑에서 페이지를 다시 가져옴' },
  source: '/proc/vmstat pswpin',
  defaults: { above: 100, criticalAbove: 1000, forSec: 30 },
  inhibitedBy: ['memory-pressure'],
  valueOf: (machine) => machine.swapInPerSec,
  remedy: () => look('see who is swapped out', '스왑된 프로세스를 확인', 'keel why --for 10s'),
};
