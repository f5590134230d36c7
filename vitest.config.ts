import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

export default defineConfig({
  test: {
    ...reportersFor('unit'),
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/*.{live,lab,repository}.test.ts', 'node_modules'],
  },
});
