/** The registry of strategies. One line per strategy; `index.test.ts` compares it with the folder. */
import type { Strategy } from '../strategy.ts';
import { compact } from './compact.ts';
import { coreWithSiblings } from './core-with-siblings.ts';
import { efficiencyCores } from './efficiency-cores.ts';
import { fixQuota } from './fix-quota.ts';
import { leaveAlone } from './leave-alone.ts';
import { llcDomain } from './llc-domain.ts';
import { lowerHog } from './lower-hog.ts';
import { mostFreeNode } from './most-free-node.ts';
import { nice } from './nice.ts';
import { pagesToThreads } from './pages-to-threads.ts';
import { performanceCores } from './performance-cores.ts';
import { quietCpus } from './quiet-cpus.ts';
import { shield } from './shield.ts';
import { singleNode } from './single-node.ts';
import { slice } from './slice.ts';
import { spread } from './spread.ts';
import { tickAlone } from './tick-alone.ts';
import { unpin } from './unpin.ts';
import { wholeCore } from './whole-core.ts';

/** In the order in which equals are tried: what disturbs others least comes first. */
export const STRATEGIES: readonly Strategy[] = [
  leaveAlone,
  fixQuota,
  unpin,
  lowerHog,
  tickAlone,
  quietCpus,
  wholeCore,
  coreWithSiblings,
  llcDomain,
  compact,
  singleNode,
  pagesToThreads,
  mostFreeNode,
  performanceCores,
  efficiencyCores,
  spread,
  shield,
  nice,
  slice,
];
