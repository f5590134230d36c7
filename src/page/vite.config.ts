import { defineConfig } from 'vite';

/** The page of `keel serve`: beside the program, with addresses that work under any name. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // Links to data would need another line in the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
