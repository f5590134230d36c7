/** A file of the running machine that stays open and is read from its start again and again. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Maybe, Missing } from '../base/missing.ts';
import type { HeldText } from './host.ts';

/** The longest record of a task, /proc/PID/sched, takes 2 kB. */
let buffer = Buffer.allocUnsafe(64 * 1024);

export class HeldFile implements HeldText {
  readonly #path: string;
  readonly #reasonOf: (error: unknown) => Missing;
  #fd: number | null = null;
  /** As it was read the last time. */
  #bytes = Buffer.alloc(0);
  #text = '';

  /** Opens it with the first reading. */
  constructor(path: string, reasonOf: (error: unknown) => Missing) {
    this.#path = path;
    this.#reasonOf = reasonOf;
  }

  text(): Maybe<string> {
    try {
      this.#fd ??= openSync(this.#path, 'r');
      const length = this.#read(this.#fd);
      if (this.#bytes.compare(buffer, 0, length) !== 0) {
        this.#bytes = Buffer.from(buffer.subarray(0, length));
        this.#text = this.#bytes.toString('utf8');
      }
      return this.#text;
    } catch (error) {
      return this.#reasonOf(error);
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** One record comes with one read, unless the buffer is too small for it: the text would be cut. */
  #read(fd: number): number {
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, 0);
      if (length < buffer.length) return length;
      buffer = Buffer.allocUnsafe(buffer.length * 2);
    }
  }
}
