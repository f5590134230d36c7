/**
 * The pointer chase: each load tells where the next one goes, so nothing overlaps and the time of one load shows. The
 * path visits every line once, in random order, which no prefetcher follows (lmbench's lat_mem_rd, with its
 * "-t"). In TypeScript it is within 2 % of the same loop in C from 16 KiB on; bench.live.test.ts compares them.
 */

/** 64 bytes on nearly all machines; where lines are longer, some loads find theirs loaded by a neighbour. */
const LINE_WORDS = 16;
export const LINE_BYTES = LINE_WORDS * 4;

/**
 * Writes one closed path over the first `bytes` of the array. Afterwards these lines are what was written last, so they
 * are in the caches as far as they fit.
 */
export function layPath(words: Int32Array, bytes: number, seed: number): void {
  const lines = bytes / LINE_BYTES;
  const next = new Int32Array(lines);
  for (let i = 0; i < lines; i += 1) next[i] = i;
  // Sattolo's shuffle makes one cycle of all, where an ordinary one makes several short ones.
  let state = seed | 1;
  for (let i = lines - 1; i > 0; i -= 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = (state >>> 0) % i;
    const kept = next[i] as number;
    next[i] = next[j] as number;
    next[j] = kept;
  }
  for (let i = 0; i < lines; i += 1) words[i * LINE_WORDS] = (next[i] as number) * LINE_WORDS;
}

/** Follows the path for `loads` steps, a multiple of 8. @returns where it stands: the next call goes on there */
export function chase(words: Int32Array, from: number, loads: number): number {
  let at = from;
  for (let left = loads; left > 0; left -= 8) {
    at = words[at] as number;
    at = words[at] as number;
    at = words[at] as number;
    at = words[at] as number;
    at = words[at] as number;
    at = words[at] as number;
    at = words[at] as number;
    at = words[at] as number;
  }
  return at;
}
