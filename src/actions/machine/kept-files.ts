/**
 * Files that a process of ours keeps in memory, the keeper: `at` is the keeper, the value is what it keeps, in bytes. It
 * is started before the change is written down, waits, and ends where nobody tells it to go; so whenever we are killed,
 * the journal knows of every keeper that keeps something. Its end is the undo.
 */
import { isProcessPlace, processOf } from './membership.ts';
import type { MachineSetting } from './setting.ts';

export const keptFiles: MachineSetting = {
  name: 'keptFiles',
  label: { en: 'files kept in memory by process', ko: '메모리에 유지하는 파일, 프로세스' },
  isPlace: isProcessPlace,
  isValue: (value) => /^\d{1,16}$/.test(value),
  /** One that lives keeps all of it or is about to, unless it was not written down yet. */
  read({ memory }, { at, before, set }) {
    memory.keptBytes(processOf(at));
    return before === '' ? '0' : set;
  },
  write: ({ memory }, at) => memory.keepFiles(processOf(at)),
  restore: ({ memory }, { at }) => memory.endKeeper(processOf(at)),
  same: (a, b) => a === b,
};
