/** Whether the CPUs of a v2 cgroup are its own (a partition), and whether the kernel balances load among them. */
import { fileSetting, isCgroupPath } from './file-setting.ts';

export const cpusetPartition = {
  ...fileSetting({
    name: 'cpusetPartition',
    label: { en: 'partition', ko: '파티션' },
    isPlace: isCgroupPath,
    isValue: (value) => /^(member|root|isolated)$/.test(value),
  }),
  // "isolated invalid (reason)" is what became of ours, and nobody else's doing.
  same: (a: string, b: string) => a.split(' ')[0] === b.split(' ')[0],
};
