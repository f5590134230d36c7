/** The CPUs that may handle an interrupt. */
import { fileSetting, isKernelList } from './file-setting.ts';

export const irqAffinity = fileSetting({
  name: 'irqAffinity',
  label: { en: 'interrupt', ko: '인터럽트' },
  isPlace: (at) => /^\d{1,9}$/.test(at),
  isValue: isKernelList,
});
