/** What a remedy would change, as a value: the shell line beside it is for people, this is for `why --prove`. */

/** Settings of the memory management that can be switched there and back. */
export type MemorySetting =
  | 'hugePages'
  | 'hugePageDefrag'
  | 'groupMemoryMax'
  | 'groupMemoryHigh'
  | 'legacyMemoryMax';

export interface RemedyAction {
  readonly setting: MemorySetting;
  /** The folder of the cgroup; empty for the machine. */
  readonly at: string;
  readonly value: string;
}
