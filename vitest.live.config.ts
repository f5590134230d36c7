import { defineConfig } from 'vitest/config';

/** Tests against the running kernel. They skip, with the reason, where the kernel or the privilege is missing. */
export default defineConfig({
  test: {
    include: ['src/**/*.live.test.ts', 'test/**/*.live.test.ts'],
    testTimeout: 60_000,
    fileParallelism: false,
  },
});
