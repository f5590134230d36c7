/** docs/commands/index.md, from the registry of commands. */
import type { Generated } from './generated.ts';
import { code, MADE, table } from './markdown.ts';
import { shownCommands } from './shown-commands.ts';

export const commandsPage: Generated = { path: 'docs/commands/index.md', text: render };

async function render(): Promise<string> {
  const rows = (await shownCommands()).map(({ command, aliases }) => [
    `[${command.name}](${command.name.replaceAll(' ', '-')}.md)${aliases.map((alias) => `, ${code(alias)}`).join('')}`,
    command.summary.en,
    command.summary.ko,
  ]);
  return `${MADE}

# Commands

${table(['command', 'does', '설명'], rows)}

Each page says what the command is for, explains a real example and every field, and says what it costs and where it
can mislead. \`keel help NAME\` and keel(1) hold the options; \`keel help targets\` and \`keel help cpusets\` the two small
languages that commands share.
`;
}
