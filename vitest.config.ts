import { defineConfig } from 'vitest/config';
import { reportersFor } from './test/reporters.ts';

export default defineConfig({
  test: {
    // Parsing the compiler's own trees and starting processes takes its time on a busy machine; that is no failure.
    testTimeout: 60_000,
    ...reportersFor('unit'),
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      '**/*.{live,lab,faults,repository,trials,browser,scenarios,fleet,long}.test.ts',
      'node_modules',
    ],
  },
});
