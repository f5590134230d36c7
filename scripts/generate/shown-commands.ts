/** The commands people see, loaded, in the order of the registry. */
import type { Command } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';

export interface ShownCommand {
  readonly command: Command;
  readonly aliases: readonly string[];
}

export function shownCommands(): Promise<readonly ShownCommand[]> {
  const shown = COMMANDS.filter((entry) => !entry.hidden);
  return Promise.all(shown.map(async ({ load, aliases }) => ({ command: await load(), aliases })));
}
