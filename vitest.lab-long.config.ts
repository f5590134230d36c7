import { mergeConfig } from 'vitest/config';
import lab from './vitest.lab.config.ts';

/** Tests in emulated machines that take many minutes; by hand, and not beside others. */
export default mergeConfig(
  { ...lab, test: { ...lab.test, include: [] } },
  { test: { include: ['test/lab/**/*.long.test.ts'], maxWorkers: 1 } },
);
