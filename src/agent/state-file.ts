/** What the agent knows of open incidents, kept over its end: so that each gets its end told, and none is told twice. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Incident } from '../alerts/incident.ts';
import { syncFolder, writeDurably } from './delivery/queue-folder.ts';

export interface SavedState {
  readonly incidents: readonly Incident[];
  /** Ids of those that somebody was told of. */
  readonly told: readonly string[];
}

const FORMAT = 1;
const NOTHING: SavedState = { incidents: [], told: [] };

/** Nothing where there is no file, or it is none of ours: then incidents begin anew. */
export function readState(path: string): SavedState {
  try {
    const { format, incidents, told } = JSON.parse(readFileSync(path, 'utf8'));
    const isOurs = format === FORMAT && Array.isArray(incidents) && Array.isArray(told);
    return isOurs ? { incidents, told } : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** @throws an error of the file system; then the file is what it was */
export function writeState(path: string, state: SavedState): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeDurably(`${path}.part`, JSON.stringify({ format: FORMAT, ...state }));
  renameSync(`${path}.part`, path);
  syncFolder(folder);
}
