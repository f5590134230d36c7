/** What a remedy would do, as a value: the shell line beside it is for people, this is for `why --prove`. */

/** Settings of the memory management that can be switched there and back. */
export type MemorySetting =
  | 'hugePages'
  | 'hugePageDefrag'
  | 'swappiness'
  | 'legacySwappiness'
  | 'groupMemoryMax'
  | 'groupMemoryHigh'
  | 'legacyMemoryMax';

/** Can be switched on and off as often as a trial likes. */
export interface SettingAction {
  readonly kind: 'setting';
  readonly setting: MemorySetting;
  /** The folder of the cgroup; empty for the machine. */
  readonly at: string;
  readonly value: string;
}

/** Of the target. What it brings in does not go away on command, so it is tried once. */
export interface WarmAction {
  readonly kind: 'warm';
}

/** Of the target. Its undo is exact, but what it keeps away comes back slowly, so it is tried once. */
export interface LockAction {
  readonly kind: 'lock';
  readonly what: 'memory' | 'files';
}

export type RemedyAction = SettingAction | WarmAction | LockAction;

/** What a person calls it: `why --prove --remedy warm`. */
export const REMEDY_NAMES = ['warm', 'lock', 'swappiness', 'huge-pages', 'memory-limit'] as const;
export type RemedyName = (typeof REMEDY_NAMES)[number];

const NAME_OF: Readonly<Record<MemorySetting, RemedyName>> = {
  hugePages: 'huge-pages',
  hugePageDefrag: 'huge-pages',
  swappiness: 'swappiness',
  legacySwappiness: 'swappiness',
  groupMemoryMax: 'memory-limit',
  groupMemoryHigh: 'memory-limit',
  legacyMemoryMax: 'memory-limit',
};

export function remedyName(action: RemedyAction): RemedyName {
  return action.kind === 'setting' ? NAME_OF[action.setting] : action.kind;
}
