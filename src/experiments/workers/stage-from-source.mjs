// Starts the stage process from its source: its parent's loader is not its own. Not in the package.
import { register } from 'tsx/esm/api';

register();
await import('./stage.ts');
