/** What trials of a program have shown here before, and whether a change that one kept is still in force. */
import { isActive } from '../actions/change.ts';
import { Journal } from '../actions/journal.ts';
import type { Host } from '../host/host.ts';
import { type Judged, type Known, knownFrom } from '../trial/kept-trial.ts';
import type { FoundTarget } from './find-targets.ts';
import { readIdentity } from './program-identity.ts';
import { TrialStore } from './trial-store.ts';

export interface Tried extends Known {
  /** Of the first that helps: the change that makes it so now; null where none does. */
  readonly inForce: string | null;
}

export const NEVER_TRIED: Tried = { helps: [], hurts: [], all: [], inForce: null };

export async function readTried(host: Host, target: FoundTarget, stateFolder: string): Promise<Tried> {
  const known = knownFrom(await new TrialStore(stateFolder).of(readIdentity(host, target)));
  const [best] = known.helps;
  return { ...known, inForce: best === undefined ? null : await inForce(best, host, target, stateFolder) };
}

async function inForce(
  { trial, candidate }: Judged,
  { facts }: Host,
  { tgid, startTicks }: FoundTarget,
  stateFolder: string,
): Promise<string | null> {
  const isSameRun = trial.target.tgid === tgid && trial.target.startTicks === startTicks;
  const { changes } = await new Journal(stateFolder).read();
  const found = changes.findLast(
    (change) =>
      isActive(change) &&
      change.bootId === facts.bootId &&
      change.command.startsWith('optimize ') &&
      change.command.endsWith(`: ${candidate.name}`) &&
      (isSameRun || change.processes.some((process) => process.tgid === tgid)),
  );
  return found?.id ?? null;
}
