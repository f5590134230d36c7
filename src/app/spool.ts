/**
 * Raw bytes of a recording, kept until it is over: in memory up to a bound, behind that in a file without a name that the
 * kernel drops with its descriptor, however we end.
 *
 * The bytes come as spans: what one ring had at one look. A span is never divided, so its records are whole.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Span {
  /** The number of the ring or buffer. */
  readonly source: number;
  /** Nanoseconds after the time base: all that is older was in some ring when this look began. */
  readonly limitNs: number;
  readonly words: Uint32Array;
}

/** What a spool consists of; it may travel between threads. */
export interface SpoolParts {
  readonly chunks: readonly { readonly buffer: ArrayBuffer; readonly bytes: number }[];
  /** Comes behind all chunks but the last; in pieces that each are as long as a chunk was full. */
  readonly file: { readonly fd: number; readonly pieces: readonly number[] } | null;
}

export interface SpoolOptions {
  /** As much stays in memory. */
  readonly memoryBytes: number;
  /** For the file. */
  readonly folder: string;
  readonly chunkBytes?: number;
}

/** Memory that is not written to takes none. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Source and length of 32 bits each, limit of 64. */
const HEADER_BYTES = 16;

export class SpoolWriter {
  readonly #options: Required<SpoolOptions>;
  readonly #full: { buffer: ArrayBuffer; bytes: number }[] = [];
  readonly #pieces: number[] = [];
  #fd: number | null = null;
  #chunk: ArrayBuffer;
  #bytes = 0;
  #inMemoryBytes = 0;

  constructor(options: SpoolOptions) {
    this.#options = { chunkBytes: CHUNK_BYTES, ...options };
    this.#chunk = new ArrayBuffer(this.#options.chunkBytes);
  }

  /**
   * Copies what one look at a source gave.
   * @returns the copy, good until the next call
   * @throws Error of node:fs where the file cannot be written
   */
  add(source: number, limitNs: number, first: Uint8Array, second: Uint8Array): Uint32Array {
    const bytes = first.length + second.length;
    if (this.#bytes + HEADER_BYTES + bytes > this.#chunk.byteLength) this.#startChunk(HEADER_BYTES + bytes);
    const at = this.#bytes;
    const header = new DataView(this.#chunk, at, HEADER_BYTES);
    header.setUint32(0, source, true);
    header.setUint32(4, bytes, true);
    header.setFloat64(8, limitNs, true);
    const copy = new Uint8Array(this.#chunk, at + HEADER_BYTES, bytes);
    copy.set(first);
    copy.set(second, first.length);
    this.#bytes += HEADER_BYTES + bytes;
    return new Uint32Array(this.#chunk, at + HEADER_BYTES, bytes / 4);
  }

  /** Nothing may be added any more. */
  finish(): SpoolParts {
    const chunks = [...this.#full, { buffer: this.#chunk, bytes: this.#bytes }];
    return { chunks, file: this.#fd === null ? null : { fd: this.#fd, pieces: this.#pieces } };
  }

  /** Drops everything, where the recording failed. */
  discard(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #startChunk(leastBytes: number): void {
    const { chunkBytes, memoryBytes } = this.#options;
    const isRoomLeft = this.#inMemoryBytes + this.#bytes <= memoryBytes && this.#fd === null;
    if (isRoomLeft) {
      this.#full.push({ buffer: this.#chunk, bytes: this.#bytes });
      this.#inMemoryBytes += this.#bytes;
    } else this.#writeOut();
    if (isRoomLeft || this.#chunk.byteLength < leastBytes)
      this.#chunk = new ArrayBuffer(Math.max(chunkBytes, leastBytes));
    this.#bytes = 0;
  }

  #writeOut(): void {
    this.#fd ??= openUnnamed(this.#options.folder);
    const bytes = new Uint8Array(this.#chunk, 0, this.#bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    this.#pieces.push(this.#bytes);
  }
}

/** A file that nobody else finds, and that ends with us: mode 0600, removed as soon as it is open. */
function openUnnamed(folder: string): number {
  const own = mkdtempSync(join(folder, 'keel-'));
  const path = join(own, 'spool');
  try {
    const fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return fd;
  } finally {
    rmdirSync(own);
  }
}

/** Reads what a SpoolWriter kept, in its order. */
export class Spool implements Disposable {
  readonly #parts: SpoolParts;
  #open = true;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
  }

  get bytes(): number {
    const inFile = this.#parts.file?.pieces ?? [];
    return [...this.#parts.chunks.map((chunk) => chunk.bytes), ...inFile].reduce((a, b) => a + b, 0);
  }

  /** Each is good until the next one is asked for. */
  *spans(): Generator<Span> {
    const { chunks, file } = this.#parts;
    for (const { buffer, bytes } of chunks.slice(0, -1)) yield* spansOf(buffer, bytes);
    if (file !== null) yield* this.#spansInFile(file.fd, file.pieces);
    for (const { buffer, bytes } of chunks.slice(-1)) yield* spansOf(buffer, bytes);
  }

  close(): void {
    if (this.#open && this.#parts.file !== null) closeSync(this.#parts.file.fd);
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  *#spansInFile(fd: number, pieces: readonly number[]): Generator<Span> {
    const buffer = new ArrayBuffer(Math.max(...pieces));
    let position = 0;
    for (const bytes of pieces) {
      const piece = new Uint8Array(buffer, 0, bytes);
      for (let at = 0; at < bytes; ) {
        const read = readSync(fd, piece, at, bytes - at, position + at);
        if (read === 0) throw new Error('the spool is shorter than it was written');
        at += read;
      }
      yield* spansOf(buffer, bytes);
      position += bytes;
    }
  }
}

function* spansOf(buffer: ArrayBuffer, end: number): Generator<Span> {
  for (let at = 0; at < end; ) {
    const header = new DataView(buffer, at, HEADER_BYTES);
    const bytes = header.getUint32(4, true);
    yield {
      source: header.getUint32(0, true),
      limitNs: header.getFloat64(8, true),
      words: new Uint32Array(buffer, at + HEADER_BYTES, bytes / 4),
    };
    at += HEADER_BYTES + bytes;
  }
}
