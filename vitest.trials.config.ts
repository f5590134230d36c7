import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/**
 * The score of `keel optimize`: the procedure over noise, and planted truth on this machine. Takes half an hour; for the
 * first part alone: npm run test:trials simulation.
 */
export default defineConfig({
  test: {
    ...reportersFor('trials'),
    include: ['test/trials/**/*.trials.test.ts'],
    testTimeout: 3_600_000,
    fileParallelism: false,
  },
});
