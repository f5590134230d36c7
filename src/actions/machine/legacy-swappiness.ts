/** The same of a cgroup of version 1, whose groups have one of their own each; `at` is the folder of the group. */
import { fileSetting, isCgroupPath } from './file-setting.ts';
import { isSwappiness } from './swappiness.ts';

export const legacySwappiness = fileSetting({
  name: 'legacySwappiness',
  label: { en: 'swappiness of', ko: '스왑 성향(swappiness)' },
  isPlace: isCgroupPath,
  isValue: isSwappiness,
});
