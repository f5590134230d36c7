/** The CPUs that a cgroup asks for; empty (v2): all of its parent. */
import { fileSetting, isCgroupPath, isKernelList } from './file-setting.ts';

export const cpusetCpus = fileSetting({
  name: 'cpusetCpus',
  label: { en: 'cpuset', ko: 'cpuset' },
  isPlace: isCgroupPath,
  isValue: isKernelList,
});
