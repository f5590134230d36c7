/** What moves between CPUs can cost at most. */
import { known } from './demand.ts';
import type { Situation } from './situation.ts';

/** How long a task counts as cache-hot: sched_migration_cost, 500 us unless set otherwise (kernel/sched/fair.c). */
export const USUAL_MOVE_COST_NS = 500_000;

/** Of the window, 0 to 100, for the thread that moved most. It cannot lose more than it ran. */
export function moveCostPct({ target }: Situation): number {
  const bounds = target.threads.map((thread) =>
    Math.min((known(thread.migrationsPerSec) * USUAL_MOVE_COST_NS * 100) / 1e9, known(thread.runPct)),
  );
  return Math.max(0, ...bounds);
}
