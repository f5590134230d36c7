/** The CPUs of unbound workqueues. */
import { fileSetting, isKernelList, isNowhere } from './file-setting.ts';

export const workqueueCpus = fileSetting({
  name: 'workqueueCpus',
  label: { en: 'unbound workqueues', ko: '언바운드 워크큐' },
  isPlace: isNowhere,
  isValue: isKernelList,
});
