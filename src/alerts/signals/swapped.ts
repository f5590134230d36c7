/** Memory of a process that is in swap. 64 MiB: what takes a second to come back from a slow disk. */
import { MIB } from '../../base/units.ts';
import { look, type ProcessSignal } from '../signal.ts';

export const swapped: ProcessSignal = {
  id: 'swapped',
  scope: 'process',
  unit: 'Bytes',
  looksFor: { en: 'memory of a process is in swap', ko: '메모리가 스왑에 있는 프로세스' },
  source: '/proc/PID/status VmSwap',
  defaults: { above: 64 * MIB, criticalAbove: null, forSec: 60 },
  inhibitedBy: [],
  valueOf: (process) => process.swapBytes,
  remedy: ({ tgid }) =>
    look(
      'see which mappings are swapped out, and bring them back',
      '스왑된 매핑을 확인하고 되돌리기',
      `keel map ${tgid}`,
    ),
};
