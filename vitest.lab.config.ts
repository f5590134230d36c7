import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** Tests in emulated machines, see docs/lab.md. A file is a machine or two, and two files run at once. */
export default defineConfig({
  test: {
    ...reportersFor('lab'),
    include: ['test/lab/**/*.lab.test.ts'],
    globalSetup: ['test/lab/lab.setup.ts'],
    maxWorkers: 2,
    // What a test does is to look at results; the machine's own time is bounded in machine.ts.
    hookTimeout: 500_000,
  },
});
