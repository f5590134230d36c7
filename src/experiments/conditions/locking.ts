/** How much memory a process may lock. */
import { orNull } from '../../base/missing.ts';
import type { Locking } from '../experiment.ts';

/** null for any amount, and where it is not told. */
export function lockableBytes({ limit, mayExceed }: Locking): number | null {
  const soft = orNull(limit)?.soft ?? 'unlimited';
  return mayExceed === true || soft === 'unlimited' ? null : Number(soft);
}
