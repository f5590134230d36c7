/** The CPU time that a cgroup may use in each period; "max": any. The period stays as it is. */
import { fileSetting, isCgroupPath } from './file-setting.ts';

export const cpuQuota = fileSetting({
  name: 'cpuQuota',
  label: { en: 'CPU quota', ko: 'CPU 할당량' },
  isPlace: isCgroupPath,
  isValue: (value) => /^(max|[1-9]\d{0,15}) [1-9]\d{0,9}$/.test(value),
});
