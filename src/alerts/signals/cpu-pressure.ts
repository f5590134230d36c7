/** CPU pressure of the machine. A busy machine has some always; 40 % of the time is a shortage. */
import { look, type MachineSignal } from '../signal.ts';

export const cpuPressure: MachineSignal = {
  id: 'cpu-pressure',
  scope: 'machine',
  unit: 'Pct',
  looksFor: { en: 'tasks wait for CPUs', ko: '태스크가 CPU를 기다림' },
  source: '/proc/pressure/cpu some',
  defaults: { above: 40, criticalAbove: null, forSec: 60 },
  inhibitedBy: [],
  valueOf: (machine) => machine.cpuPressurePct,
  remedy: () =>
    look('see who waits and who runs', '누가 기다리고 누가 실행되는지 확인', 'keel why --for 10s'),
};
