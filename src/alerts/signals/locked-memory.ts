/** Locked memory of the machine: what reclaim cannot take. Half of it is a warning, 80 % is critical. */
import { look, type MachineSignal } from '../signal.ts';

export const lockedMemory: MachineSignal = {
  id: 'locked-memory',
  scope: 'machine',
  unit: 'Pct',
  looksFor: { en: 'much of the memory is locked', ko: '메모리의 많은 부분이 잠겨 있음' },
  source: '/proc/meminfo Mlocked',
  defaults: { above: 50, criticalAbove: 80, forSec: 30 },
  inhibitedBy: [],
  valueOf: (machine) => machine.lockedPct,
  remedy: () => look('see who locks memory', '메모리를 잠근 프로세스를 확인', 'keel locks'),
};
