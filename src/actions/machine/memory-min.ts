/** cgroup v2: memory that is never taken from a group; bytes, or "max". `at` is the group. */
import { fileSetting, isCgroupPath, isMemoryAmount } from './file-setting.ts';

export const memoryMin = fileSetting({
  name: 'memoryMin',
  label: { en: 'memory.min of cgroup', ko: 'memory.min, cgroup' },
  isPlace: isCgroupPath,
  isValue: isMemoryAmount,
});
