/** The moments of the last watch, kept so that one of them can be looked at: one small file of the user's own. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LateMoment } from '../model/late/moments.ts';
import type { WatchedLate } from '../model/late/watched.ts';
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
  const path = pathFor(env);
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(stateFolder(env, isRoot()), { recursive: true, mode: 0o700 });
    writeFileSync(draft, JSON.stringify(kept), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch {
    discard(draft);
  }
}

/** What is left out stays in the sum. */
function withFewerParts(moment: LateMoment): LateMoment {
  const rest = moment.parts.slice(MOST_PARTS).filter((part) => part.label !== 'run');
  if (rest.length === 0) return moment;
  const restNs = rest.reduce((sum, part) => sum + part.lengthNs, 0);
  return { ...moment, parts: moment.parts.slice(0, MOST_PARTS), furtherNs: moment.furtherNs + restNs };
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A folder that may not even be looked into holds no draft of ours.
  }
}

/** null where nothing is kept, or what is kept is not of this form. */
export function readKeptWatch(env: Environment): KeptWatch | null {
  const path = pathFor(env);
  try {
    if (statSync(path).size > MOST_BYTES) return null;
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
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
