/** A place that memory is swapped to, as /proc/swaps tells of it. */
export interface SwapUse {
  readonly name: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
}
