/** The shield that stands on this machine, if one does. */
import { type Change, isActive } from '../actions/change.ts';
import { alreadyShielded } from './shield-errors.ts';
import type { Workshop } from './workshop.ts';

export async function standingShield(workshop: Workshop): Promise<Change | null> {
  const { changes } = await workshop.journal.read();
  const covers = (change: Change) => change.coversAll && change.bootId === workshop.bootId;
  return changes.find((change) => covers(change) && isActive(change)) ?? null;
}

/** What a second one would remember is the first one's doing. @throws KeelError E_CONFLICT */
export async function refuseSecondShield(workshop: Workshop): Promise<void> {
  const standing = await standingShield(workshop);
  if (standing !== null) throw alreadyShielded(standing);
}
