/** I/O pressure of the machine. Backups and builds wait much and harm nobody: 40 % for a minute. */
import { look, type MachineSignal } from '../signal.ts';

export const ioPressure: MachineSignal = {
  id: 'io-pressure',
  scope: 'machine',
  unit: 'Pct',
  looksFor: { en: 'tasks wait for storage', ko: '태스크가 저장 장치를 기다림' },
  source: '/proc/pressure/io some',
  defaults: { above: 40, criticalAbove: null, forSec: 60 },
  inhibitedBy: [],
  valueOf: (machine) => machine.ioPressurePct,
  remedy: () => look('see who waits for storage', '누가 저장 장치를 기다리는지 확인', 'keel why --for 10s'),
};
