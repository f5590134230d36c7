import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** Tests that kill the built tool at every point of a change. They take about a minute. */
export default defineConfig({
  test: {
    ...reportersFor('faults'),
    include: ['test/**/*.faults.test.ts'],
    testTimeout: 600_000,
    fileParallelism: false,
  },
});
