/** File descriptors that belong together, closed together: whatever the kernel made for us dies with them. */
import { closeSync } from 'node:fs';

export class Descriptors {
  #open: number[] = [];

  /** Takes over a descriptor. */
  own(fd: number): number {
    this.#open.push(fd);
    return fd;
  }

  get size(): number {
    return this.#open.length;
  }

  /** In the reverse order of their making; a second call does nothing. */
  close(): void {
    const open = this.#open;
    this.#open = [];
    for (const fd of open.reverse()) closeSync(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
