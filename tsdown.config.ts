import { defineConfig } from 'tsdown';

/** Only koffi stays outside the bundle (it is native); all the rest is bundled, which halves the start-up time. */
export default defineConfig({
  entry: {
    keel: 'src/cli/keel.ts',
    index: 'src/index.ts',
    // Programs of threads: started by their files, so they must be some.
    'bench-worker': 'src/experiments/workers/worker.ts',
    'bench-stage': 'src/experiments/workers/stage.ts',
    'collector-worker': 'src/app/collector-worker.ts',
    'history-worker': 'src/app/history-worker.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: { entry: 'src/index.ts' },
  minify: false,
  sourcemap: false,
  clean: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
