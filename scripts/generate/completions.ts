/** The completion scripts as files, under the names packagers install them by. */
import { SCRIPTS } from '../../src/cli/completion/scripts.ts';
import type { Generated } from './generated.ts';

export const completionScripts: readonly Generated[] = [
  { path: 'completions/keel.bash', text: () => SCRIPTS.bash },
  { path: 'completions/_keel', text: () => SCRIPTS.zsh },
  { path: 'completions/keel.fish', text: () => SCRIPTS.fish },
];
