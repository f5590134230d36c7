/** Threads of our own, from the bundle and from the sources. */
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * @param name of the entry of the bundle (tsdown.config.ts)
 * @param source the file it is made of
 */
export function startWorker(name: string, source: URL, options: WorkerOptions = {}): Worker {
  const isBundle = !import.meta.url.endsWith('.ts');
  if (isBundle) return new Worker(new URL(`./${name}.js`, import.meta.url), options);
  // Sources run under tsx or vitest, whose loaders do not reach a new thread by themselves.
  const loader = import.meta.resolve('tsx/esm/api');
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(source.href)}); })`;
  return new Worker(start, { ...options, eval: true });
}
