/** The registry of the kinds of change to a thread. One line per kind; `index.test.ts` compares it with the folder. */
import { affinity } from './affinity.ts';
import { memoryPolicy } from './memory-policy.ts';
import { scheduling } from './scheduling.ts';
import type { Setting, SettingName, SettingValue } from './setting.ts';

export const SETTINGS: readonly Setting[] = [affinity, scheduling, memoryPolicy];

export function settingNamed(name: SettingName): Setting {
  const found = SETTINGS.find((setting) => setting.name === name);
  if (found === undefined) throw new RangeError(`no setting is called ${name}`);
  return found;
}

export type { Setting, SettingName, SettingValue };
