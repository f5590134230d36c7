/** The registry of checks. One line per check; `index.test.ts` compares it with the folder. */
import type { Check } from '../check.ts';
import { lockLimit } from './lock-limit.ts';
import { mainThreadOnly } from './main-thread-only.ts';
import { pinnedAndBalanced } from './numa-balancing.ts';
import { quotaThrottles } from './quota-throttles.ts';
import { realtimeLimit } from './realtime-limit.ts';
import { remoteMemory } from './remote-memory.ts';
import { sharedCore } from './shared-core.ts';
import { threadsDiffer } from './threads-differ.ts';
import { unbalancedCpus } from './unbalanced-cpus.ts';
import { unusableCpus } from './unusable-cpus.ts';

export const CHECKS: readonly Check[] = [
  mainThreadOnly,
  unusableCpus,
  sharedCore,
  quotaThrottles,
  remoteMemory,
  pinnedAndBalanced,
  unbalancedCpus,
  lockLimit,
  threadsDiffer,
  realtimeLimit,
];
