/** Memory pressure of the machine: tasks waited for reclaim, refaults or swap. Any lasting value is lost time. */
import { look, type MachineSignal } from '../signal.ts';

export const memoryPressure: MachineSignal = {
  id: 'memory-pressure',
  scope: 'machine',
  unit: 'Pct',
  looksFor: { en: 'tasks wait for memory', ko: '태스크가 메모리를 기다림' },
  source: '/proc/pressure/memory some',
  defaults: { above: 5, criticalAbove: 20, forSec: 30 },
  inhibitedBy: [],
  valueOf: (machine) => machine.memoryPressurePct,
  remedy: () => look('see whose memory is short', '누구의 메모리가 모자라는지 확인', 'keel why --for 10s'),
};
