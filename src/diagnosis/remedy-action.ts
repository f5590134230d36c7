/** What a remedy would change, as a value: the shell line beside it is for people, this is for programs. */

/** Settings of the memory management that can be switched there and back. */
export type MemorySetting = 'hugePageDefrag' | 'groupMemoryMax' | 'groupMemoryHigh';

export interface RemedyAction {
  readonly setting: MemorySetting;
  /** The path of the cgroup; empty for the machine. */
  readonly at: string;
  readonly value: string;
}
