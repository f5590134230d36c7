/** v1: the most memory a cgroup may use. `at` is its folder. */
import { fileSetting, isCgroupPath } from './file-setting.ts';

export const legacyMemoryMax = fileSetting({
  name: 'legacyMemoryMax',
  label: { en: 'memory limit of', ko: '메모리 한도' },
  isPlace: isCgroupPath,
  isValue: (value) => /^(max|\d{1,19})$/.test(value),
});
