/** cgroup v2: memory that is not, as long as others have some, taken from a group; bytes, or "max". `at` is the group. */
import { fileSetting, isCgroupPath, isMemoryAmount } from './file-setting.ts';

export const memoryLow = fileSetting({
  name: 'memoryLow',
  label: { en: 'memory.low of cgroup', ko: 'memory.low, cgroup' },
  isPlace: isCgroupPath,
  isValue: isMemoryAmount,
});
