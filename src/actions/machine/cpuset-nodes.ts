/** The memory nodes that a cgroup asks for. A v1 cpuset takes nobody in without. */
import { fileSetting, isCgroupPath, isKernelList } from './file-setting.ts';

export const cpusetNodes = fileSetting({
  name: 'cpusetNodes',
  label: { en: 'memory nodes', ko: '메모리 노드' },
  isPlace: isCgroupPath,
  isValue: isKernelList,
});
