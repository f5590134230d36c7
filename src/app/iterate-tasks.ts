/** Runs the loaded task iterator: each read of its file is one pass over all tasks. */
import { closeSync, readSync } from 'node:fs';
import type { BuiltTaskIterator } from '../bpf/programs/task-iterator.ts';
import { createIterator, linkIterator } from '../native/bpf.ts';
import type { LoadedProgram } from './load-bpf.ts';

const FIRST_BYTES = 512 * 1024;

export class TaskIterator {
  readonly #loaded: LoadedProgram<BuiltTaskIterator>;
  readonly #linkFd: number;
  /** Grows to what a pass needs, and is used again by the next. */
  #buffer = new Uint8Array(new ArrayBuffer(FIRST_BYTES));

  /** Takes over the program. */
  constructor(loaded: LoadedProgram<BuiltTaskIterator>) {
    this.#loaded = loaded;
    const [part] = loaded.built.parts;
    const programFd = loaded.programs.get(part?.name ?? '');
    if (programFd === undefined) throw new Error('the task iterator has one part');
    this.#linkFd = loaded.descriptors.own(linkIterator(programFd));
  }

  /** The records of one pass; valid until the next. */
  read(): Uint8Array {
    const fd = createIterator(this.#linkFd);
    try {
      let length = 0;
      for (;;) {
        const count = readSync(fd, this.#buffer, length, this.#buffer.length - length, null);
        if (count === 0) return this.#buffer.subarray(0, length);
        length += count;
        if (length === this.#buffer.length) this.#grow();
      }
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    this.#loaded.close();
  }

  #grow(): void {
    const larger = new Uint8Array(new ArrayBuffer(this.#buffer.length * 2));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
