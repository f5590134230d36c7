/**
 * A process of ours that maps the files of another one and locks them. `at` is ours, started before the change is made and
 * waiting; it ends by itself if nobody tells it to hold.
 */
import { isProcessPlace, processOf } from './membership.ts';
import type { MachineSetting } from './setting.ts';

export const fileHolder: MachineSetting = {
  name: 'fileHolder',
  label: { en: 'files held by process', ko: '파일을 잡고 있는 프로세스' },
  isPlace: isProcessPlace,
  isValue: (value) => value === '' || value === HOLDING,
  read: ({ memory }, { at }) => (memory.holder(processOf(at)) === 'holding' ? HOLDING : ''),
  write: ({ memory }, at) => memory.startHolding(processOf(at)),
  restore: ({ memory }, { at }) => memory.endHolder(processOf(at)),
  same: (a, b) => a === b,
};

const HOLDING = 'holding';
