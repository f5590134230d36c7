/** The registry of generated files: `npm run generate` writes them, `index.test.ts` finds those that are behind. */
import { commandsPage } from './commands-page.ts';
import { completionScripts } from './completions.ts';
import { errorsPage } from './errors-page.ts';
import type { Generated } from './generated.ts';
import { kernelFilesPage } from './kernel-files-page.ts';
import { layersTable } from './layers-table.ts';
import { manPages } from './man.ts';

export const GENERATED: readonly Generated[] = [
  ...manPages,
  ...completionScripts,
  errorsPage,
  kernelFilesPage,
  commandsPage,
  layersTable,
];
