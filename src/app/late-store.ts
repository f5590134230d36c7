/** The moments of the last watch, kept so that one of them can be looked at: one small file of the user's own. */
import { join } from 'node:path';
import type { LateMoment } from '../model/late/moments.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import { readOwnFile, replaceOwnFile } from './own-file.ts';
import { stateFolder } from './state-folder.ts';

export interface KeptWatch {
  readonly format: typeof FORMAT;
  readonly target: { readonly tgid: number; readonly tid: number | null; readonly comm: string };
  readonly startedUnixMs: number;
  /** Late moments in the order of time, times after the begin of the watch. */
  readonly moments: readonly LateMoment[];
  /** Work of a usual tick; null without a tick. */
  readonly usualRunNs: number | null;
}

const FORMAT = 'keel-late 1';
/** Of very many moments, and of very many parts of one, the first. */
const MOST_MOMENTS = 2000;
const MOST_PARTS = 100;
/** More than what the two limits allow. */
const MOST_BYTES = 64 * 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** A folder that cannot be written to is no error: then there is nothing to look at later. */
export function keepWatch(env: Environment, { target, startedUnixMs, summary }: WatchedLate): void {
  const kept: KeptWatch = {
    format: FORMAT,
    target,
    startedUnixMs,
    moments: summary.kept.slice(0, MOST_MOMENTS).map(withFewerParts),
    usualRunNs: summary.tick?.usualRunNs ?? null,
  };
  replaceOwnFile(pathFor(env), JSON.stringify(kept));
}

/** What is left out stays in the sum. */
function withFewerParts(moment: LateMoment): LateMoment {
  const rest = moment.parts.slice(MOST_PARTS).filter((part) => part.label !== 'run');
  if (rest.length === 0) return moment;
  const restNs = rest.reduce((sum, part) => sum + part.lengthNs, 0);
  return { ...moment, parts: moment.parts.slice(0, MOST_PARTS), furtherNs: moment.furtherNs + restNs };
}

/** null where nothing is kept, or what is kept is not of this form. */
export function readKeptWatch(env: Environment): KeptWatch | null {
  const text = readOwnFile(pathFor(env), MOST_BYTES);
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isKeptWatch(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isKeptWatch(value: unknown): value is KeptWatch {
  if (typeof value !== 'object' || value === null) return false;
  const { format, target, moments } = value as Partial<KeptWatch>;
  return (
    format === FORMAT && typeof target?.tgid === 'number' && Array.isArray(moments) && moments.every(isMoment)
  );
}

function isMoment(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { tid, fromNs, lateNs, parts } = value as Partial<LateMoment>;
  return [tid, fromNs, lateNs].every((one) => typeof one === 'number') && Array.isArray(parts);
}

function pathFor(env: Environment): string {
  return join(stateFolder(env, isRoot()), 'late-moments.json');
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}
