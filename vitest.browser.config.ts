import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** Tests in a real Chromium, of the built program. They skip, with the reason, where there is none. */
export default defineConfig({
  test: {
    ...reportersFor('browser'),
    include: ['test/**/*.browser.test.ts'],
    globalSetup: ['test/browser/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
