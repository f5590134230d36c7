/** What `keel warm` did, for the journal: it has no undo, but who looks later for what changed finds it. */
import { formatBytes } from '../base/format.ts';
import { broughtInBytes } from '../model/warming.ts';
import { type Noted, noteDone } from './note-done.ts';
import type { Warmed, WarmPlan } from './warm-memory.ts';
import type { Workshop } from './workshop.ts';

const ASKED = {
  warm: 'asked to bring in',
  cold: 'asked to take first',
  pageout: 'asked to put out',
} as const;

export function noteWarming(
  workshop: Workshop,
  { wish, before }: WarmPlan,
  { after, advisedBytes }: Warmed,
  command: string,
): Promise<Noted> {
  const came = wish === 'warm' ? broughtInBytes(before, after) : null;
  const read = came === null ? '' : `, ${formatBytes(came)} of files read`;
  return noteDone(workshop, command, `${ASKED[wish]} ${formatBytes(advisedBytes)}${read}`);
}
