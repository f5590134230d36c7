/**
 * Builds a record on the stack of an iterator program, field by field, and writes it out in pieces that fit.
 *
 * The stack has 512 bytes and a record may be longer (the affinity mask of a large machine alone takes 1024), so the
 * record goes out in pieces. The kernel drops an unfinished visit as a whole when its buffer is full and repeats it, so
 * a reader never sees half a record.
 */
import type { Assembler } from './assembler.ts';
import { FRAME, R1, R2, R3, type Register } from './instruction.ts';

/** Kept below the 512 of the kernel (MAX_BPF_STACK): 64 bytes remain for the program's own use, see SCRATCH_AT. */
const PIECE_BYTES = 448;
/** The lowest of the 64 bytes that no record uses, from the frame. */
export const SCRATCH_AT = -512;

export type FieldWidth = 32 | 64;

export interface Place {
  readonly offset: number;
  readonly width: FieldWidth;
}

export class RecordWriter {
  readonly #code: Assembler;
  readonly #seq: Register;
  readonly #places = new Map<string, Place>();
  #writtenBytes = 0;
  #pieceBytes = 0;

  /** @param seq the register that holds the iterator's seq_file, one that survives calls */
  constructor(code: Assembler, seq: Register) {
    this.#code = code;
    this.#seq = seq;
  }

  /** Stores `value` as the next field. Fields of 64 bits come before those of 32, so that each is aligned. */
  add(name: string, width: FieldWidth, value: Register | number): void {
    const bytes = width / 8;
    if (this.#pieceBytes + bytes > PIECE_BYTES) this.flush();
    const offset = this.#writtenBytes + this.#pieceBytes;
    if (offset % bytes !== 0) throw new RangeError(`the field ${name} is not aligned`);
    this.#code.store(width, FRAME, this.#pieceBytes - PIECE_BYTES, value);
    this.#places.set(name, { offset, width });
    this.#pieceBytes += bytes;
  }

  /** Writes what is on the stack. Overwrites R0 to R5. */
  flush(): void {
    if (this.#pieceBytes === 0) return;
    this.#code.note(`write ${this.#pieceBytes} bytes of the record`);
    this.#code.set(R1, this.#seq).set(R2, FRAME).compute(R2, '+=', -PIECE_BYTES);
    this.#code.set(R3, this.#pieceBytes).call('seq_write');
    this.#writtenBytes += this.#pieceBytes;
    this.#pieceBytes = 0;
  }

  /** Ends the record, at a multiple of 8 bytes. */
  finish(): { readonly sizeBytes: number; readonly places: ReadonlyMap<string, Place> } {
    if ((this.#writtenBytes + this.#pieceBytes) % 8 !== 0) this.add('padding', 32, 0);
    this.flush();
    return { sizeBytes: this.#writtenBytes, places: this.#places };
  }
}
