/** What a remedy would change, as a value: the shell line beside it is for people, this is for `why --prove`. */

/** Settings of the memory management that can be switched there and back. */
export type MemorySetting =
  | 'hugePages'
  | 'hugePageDefrag'
  | 'swappiness'
  | 'groupSwappiness'
  | 'groupMemoryMax'
  | 'groupMemoryHigh';

export type RemedyAction =
  /** `at`: the path of the cgroup; empty for the machine. */
  | { readonly kind: 'setting'; readonly setting: MemorySetting; readonly at: string; readonly value: string }
  /** The pages of the target are brought in: this can be done once, and not be taken back. */
  | { readonly kind: 'warm' };
