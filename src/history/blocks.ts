/** Frames as blocks of bytes: one a line, compressed. Many in a block take a fifth of the room of single ones. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { WatchFrame } from '../model/watch/frame.ts';
import { decodeFrame } from '../model/watch/frame-text.ts';
import { StoreError } from './sqlite.ts';

/** The text of one frame takes 200 kB with 500 threads; a block that unpacks to more than this is no block of ours. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** @param texts of frames, each without a line break */
export function packBlock(texts: readonly string[]): Uint8Array {
  // The fast way for single ones: they are packed again, well, with their neighbours.
  return deflateRawSync(texts.join('\n'), { level: texts.length === 1 ? 1 : 6 });
}

/** @throws StoreError `damaged` */
export function unpackTexts(block: Uint8Array): string[] {
  try {
    return inflateRawSync(block, { maxOutputLength: MOST_BYTES }).toString('utf8').split('\n');
  } catch (error) {
    throw new StoreError('damaged', 'a block of frames cannot be unpacked', error);
  }
}

/** @throws StoreError `damaged`; FormatError for frames of a later version */
export function unpackFrames(block: Uint8Array): WatchFrame[] {
  return unpackTexts(block).map(decodeFrame);
}
