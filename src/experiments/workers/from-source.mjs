// Starts the Worker program from its source: a Worker does not have the loader of its parent. Not in the package.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
