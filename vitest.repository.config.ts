import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** What only a whole clone can show: the package and its installation, and the shell scripts. Needs the registry. */
export default defineConfig({
  test: {
    ...reportersFor('repository'),
    include: ['test/repository/**/*.repository.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
