import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

/** Three agents behind a real Prometheus and a real Alertmanager, on loopback. See docs/fleet.md. */
export default defineConfig({
  test: {
    ...reportersFor('fleet'),
    include: ['test/fleet/**/*.fleet.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
