import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** Tests against the running kernel. They skip, with the reason, where the kernel or the privilege is missing. */
export default defineConfig({
  test: {
    ...reportersFor('live'),
    include: ['src/**/*.live.test.ts', 'test/**/*.live.test.ts'],
    testTimeout: 60_000,
    fileParallelism: false,
  },
});
