/** v2: where a cgroup is slowed down and has to give memory back. `at` is its folder. */
import { fileSetting, isCgroupPath } from './file-setting.ts';

export const groupMemoryHigh = fileSetting({
  name: 'groupMemoryHigh',
  label: { en: 'memory.high of', ko: 'memory.high' },
  isPlace: isCgroupPath,
  isValue: (value) => /^(max|\d{1,19})$/.test(value),
});
