import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** Tests against the running kernel. They skip, with the reason, where the kernel or the privilege is missing. */
export default defineConfig({
  test: {
    ...reportersFor('live'),
    include: ['src/**/*.live.test.ts', 'test/**/*.live.test.ts'],
    testTimeout: 60_000,
    // Somebody else's load may spoil one measurement of a running machine; what is wrong fails every time.
    retry: 2,
    fileParallelism: false,
  },
});
