/** The registry of advice. One line each; `index.test.ts` compares it with the folder. */
import type { Advice } from '../advice.ts';
import { database } from './database.ts';
import { governor } from './governor.ts';
import { irqBalancing } from './irq-balancing.ts';
import { largeMemory } from './large-memory.ts';
import { migrationCostAdvice } from './migration-cost.ts';
import { numaBalancingAdvice } from './numa-balancing.ts';
import { runtime } from './runtime.ts';
import { webServer } from './web-server.ts';

export const ADVICE: readonly Advice[] = [
  webServer,
  database,
  runtime,
  largeMemory,
  governor,
  numaBalancingAdvice,
  irqBalancing,
  migrationCostAdvice,
];
