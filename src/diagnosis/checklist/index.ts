/** The registry of the checklist. One line per item; `index.test.ts` compares it with the folder. */
import type { ChecklistItem } from '../checklist-item.ts';
import { accessPattern } from './access-pattern.ts';
import { alerts } from './alerts.ts';
import { compression } from './compression.ts';
import { faultsTracked } from './faults-tracked.ts';
import { lockLimitItem } from './lock-limit.ts';
import { numaBinding } from './numa-binding.ts';
import { swapSize } from './swap-size.ts';
import { swapTraffic } from './swap-traffic.ts';

/** In the order in which they are shown: watching, using, setting up. */
export const CHECKLIST: readonly ChecklistItem[] = [
  faultsTracked,
  alerts,
  accessPattern,
  swapSize,
  swapTraffic,
  lockLimitItem,
  numaBinding,
  compression,
];
