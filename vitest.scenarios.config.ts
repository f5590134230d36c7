import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** Programs with a known trouble, and whether `why` finds it. Needs root; takes two minutes. */
export default defineConfig({
  test: {
    ...reportersFor('scenarios'),
    include: ['test/**/*.scenarios.test.ts'],
    testTimeout: 60_000,
    fileParallelism: false,
  },
});
