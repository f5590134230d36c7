/** Random access to the bytes of a file: a program of 100 MB is never read whole for one name. */
import { FormatError } from '../base/errors.ts';

export interface ByteSource {
  readonly totalBytes: number;
  /** Exactly `bytes` bytes from `offset`. @throws FormatError where they do not lie within the file */
  read(offset: number, bytes: number): Uint8Array;
}

/** Of what is in memory already. */
export function sourceOf(all: Uint8Array): ByteSource {
  return {
    totalBytes: all.length,
    read(offset, bytes) {
      checkRange(offset, bytes, all.length);
      return all.subarray(offset, offset + bytes);
    },
  };
}

/** @throws FormatError where the range is not within `totalBytes` */
export function checkRange(offset: number, bytes: number, totalBytes: number): void {
  if (offset >= 0 && bytes >= 0 && offset + bytes <= totalBytes) return;
  throw new FormatError(`a place within ${totalBytes} bytes`, `${bytes} bytes at ${offset}`);
}
