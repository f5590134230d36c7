/** A setting that is one file of the kernel; and what places and values look like. */
import { CpuSet } from '../../base/cpu-set.ts';
import { FormatError } from '../../base/errors.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { MachineFile } from '../machine-controls.ts';
import { Refused } from '../refused.ts';
import type { MachineSetting, MachineSettingName } from './setting.ts';

interface FileParts {
  readonly name: MachineFile & MachineSettingName;
  readonly label: Sentence;
  readonly isPlace: (at: string) => boolean;
  readonly isValue: (value: string) => boolean;
}

export function fileSetting(parts: FileParts): MachineSetting {
  const { name } = parts;
  return {
    ...parts,
    read: (controls, { at }) => controls.readFile(name, at),
    write(controls, at, value) {
      controls.writeFile(name, at, value);
      const found = controls.readFile(name, at);
      if (found !== value) throw notTaken(parts.label, at, value, found);
    },
    restore: (controls, { at, before }) => controls.writeFile(name, at, before),
    same: (a, b) => a === b,
  };
}

/** Some files take a value and keep another, such as a partition that is not granted: the reason stands in the file. */
export function notTaken(label: Sentence, at: string, value: string, found: string): Refused {
  const kept = found === '' ? '—' : found;
  return new Refused('invalid', {
    en: `${`${label.en} ${at}`.trim()} was set to ${value} and reads ${kept}`,
    ko: `${`${label.ko} ${at}`.trim()}에 ${value}을(를) 설정했으나 ${kept}입니다`,
  });
}

/** There is one file. */
export const isNowhere = (at: string): boolean => at === '';

/** A list of CPUs or nodes as the kernel writes it; empty where it is none. */
export function isKernelList(value: string): boolean {
  try {
    return CpuSet.parseList(value).toKernelList() === value;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/** Of a memory controller: bytes, or all there is. */
export function isMemoryAmount(value: string): boolean {
  return /^(\d{1,20}|max)$/.test(value);
}

/** From the root of the hierarchy, and not out of it. */
export function isCgroupPath(path: string): boolean {
  if (path === '/') return true;
  const [first, ...parts] = path.split('/');
  const isName = (part: string) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0');
  return first === '' && parts.length > 0 && parts.every(isName);
}
