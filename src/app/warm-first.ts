/** What has to be read before memory is locked comes in while the target goes on. */
import { KeelError } from '../base/errors.ts';
import { type WarmPlan, warmMemory } from './warm-memory.ts';
import type { Workshop } from './workshop.ts';

/**
 * @returns how long it took; null without the right to advise the target, or on a kernel that cannot: then the lock
 * itself brings everything in
 * @throws KeelError E_GONE, E_INTERRUPTED
 */
export async function warmIfAllowed(
  { host, clock, signal }: Workshop,
  warming: WarmPlan,
): Promise<number | null> {
  try {
    return (await warmMemory(host, clock, warming, signal)).elapsedNs;
  } catch (error) {
    if (error instanceof KeelError && /^E_(PRIVILEGE|UNSUPPORTED|KERNEL)$/.test(error.code)) return null;
    throw error;
  }
}
