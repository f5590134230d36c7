/** The CPUs that interrupts get which are requested later. */
import { fileSetting, isKernelList, isNowhere } from './file-setting.ts';

export const irqDefault = fileSetting({
  name: 'irqDefault',
  label: { en: 'interrupts of new devices', ko: '새 장치의 인터럽트' },
  isPlace: isNowhere,
  isValue: isKernelList,
});
