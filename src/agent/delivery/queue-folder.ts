/**
 * Messages that wait for one sink, a file each: on the disk before anything else is done with them, gone when they are
 * delivered. A file appears whole or not at all, so a kill at any moment loses none and breaks none; one may be delivered
 * twice, which is why each has an id.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Notification } from '../../alerts/notification.ts';

const FILE_NAME = /^(\d{12})\.json$/;
const FORMAT = 1;

export class QueueFolder {
  readonly #folder: string;
  #next: number;

  /** @throws an error of the file system */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) if (name.endsWith('.part')) unlinkSync(join(folder, name));
    this.#next = (this.numbers().at(-1) ?? 0) + 1;
  }

  /** What waits, the oldest first. */
  numbers(): number[] {
    return readdirSync(this.#folder)
      .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** @throws an error of the file system, such as ENOSPC; then nothing was added */
  add(notification: Notification): number {
    const number = this.#next;
    const path = this.#path(number);
    const draft = `${path}.part`;
    try {
      writeDurably(draft, JSON.stringify({ format: FORMAT, notification }));
      renameSync(draft, path);
    } catch (error) {
      removeIfThere(draft);
      throw error;
    }
    syncFolder(this.#folder);
    this.#next += 1;
    return number;
  }

  /** null where the file is none of ours. */
  read(number: number): Notification | null {
    try {
      const { format, notification } = JSON.parse(readFileSync(this.#path(number), 'utf8'));
      return format === FORMAT && Array.isArray(notification?.firing) ? notification : null;
    } catch {
      return null;
    }
  }

  remove(number: number): void {
    removeIfThere(this.#path(number));
  }

  #path(number: number): string {
    return join(this.#folder, `${String(number).padStart(12, '0')}.json`);
  }
}

/** @throws an error of the file system */
export function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
