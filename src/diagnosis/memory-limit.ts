/** What the rules about memory limits of cgroups have in common: where the numbers are from, and how to raise a limit. */
import type { MemoryLimitUse } from '../model/memory-limits.ts';
import type { Remedy } from './finding.ts';
import type { SettingAction } from './remedy-action.ts';

/** Where each number is from, by version. */
export const LIMIT_FILES = {
  1: {
    hits: 'memory.failcnt',
    used: 'memory.usage_in_bytes',
    max: 'memory.limit_in_bytes',
    high: 'memory.limit_in_bytes',
  },
  2: { hits: 'memory.events', used: 'memory.current', max: 'memory.max', high: 'memory.high' },
} as const;

/** Twice the limit: enough to see whether it was that; what it really needs shows then. */
export function limitRemedies({ at, limit }: MemoryLimitUse, unit: string | undefined): Remedy[] {
  const text = {
    en: 'let the group use more; twice as much shows whether it was that',
    ko: '그룹의 한도를 올리세요. 두 배로 올려 보면 원인인지 알 수 있습니다',
  };
  const action: SettingAction = {
    kind: 'setting',
    setting:
      at.version === 1 ? 'legacyMemoryMax' : limit.kind === 'max' ? 'groupMemoryMax' : 'groupMemoryHigh',
    at: at.folder,
    value: `${2n * limit.bytes}`,
  };
  const property = limit.kind === 'max' ? 'MemoryMax' : 'MemoryHigh';
  // A unit of another group than the one that is limited: its parent slice, mostly.
  if (at.version === 2 && unit !== undefined && at.cgroup.endsWith(`/${unit}`)) {
    const set = (bytes: bigint) => `systemctl set-property --runtime ${unit} ${property}=${bytes}`;
    return [{ text, command: set(2n * limit.bytes), undo: set(limit.bytes), action }];
  }
  if (!/^[\w/.@:-]+$/.test(at.folder)) return [{ text, command: null, undo: null, action }];
  const file = `${at.folder}/${LIMIT_FILES[at.version][limit.kind]}`;
  const write = (bytes: bigint) => `echo ${bytes} > ${file}`;
  return [{ text, command: write(2n * limit.bytes), undo: write(limit.bytes), action }];
}
