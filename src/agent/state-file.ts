/** A file of the agent's state: appears whole or not at all, says which version it is, and is never trusted. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder, writeDurably } from './delivery/queue-folder.ts';

/**
 * - `none`: there is no such file
 * - `broken`: it is none of ours, of another version, or cut; it was moved aside to `keptAs`
 * - `unreadable`: the system does not hand it out
 */
export type ReadState<T> =
  | { readonly kind: 'read'; readonly state: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly path: string; readonly keptAs: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly code: string };

const FORMAT = 1;

/** @param parse of what is besides the version; null where it is none of ours */
export function readState<T>(path: string, parse: (content: unknown) => T | null): ReadState<T> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    return isAbsent ? { kind: 'none' } : { kind: 'unreadable', path, code };
  }
  const state = parsed(text, parse);
  return state === null ? { kind: 'broken', path, keptAs: moveAside(path) } : { kind: 'read', state };
}

/** @throws an error of the file system; then the file is what it was */
export function writeState(path: string, content: object): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeDurably(`${path}.part`, JSON.stringify({ format: FORMAT, ...content }));
  renameSync(`${path}.part`, path);
  syncFolder(folder);
}

function parsed<T>(text: string, parse: (content: unknown) => T | null): T | null {
  try {
    const content: unknown = JSON.parse(text);
    return (content as { readonly format?: unknown } | null)?.format === FORMAT ? parse(content) : null;
  } catch {
    return null;
  }
}

/** For people to look at; where even that fails, it is written over. */
function moveAside(path: string): string {
  const keptAs = `${path}.broken`;
  try {
    renameSync(path, keptAs);
    return keptAs;
  } catch {
    return path;
  }
}
