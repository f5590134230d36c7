/** Help, made from the registry. */
import type { Sentence } from '../base/sentence.ts';
import type { Command, CommandEntry, Option } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { GLOBAL_OPTIONS } from './options.ts';
import { cells, type Look, padEnd } from './output/look.ts';

/** Help of one command, or the list of all. */
export async function helpText(entry: CommandEntry | undefined, look: Look): Promise<string> {
  const lines = entry ? commandHelp(await entry.load(), entry.aliases, look) : await overview(look);
  return `${lines.join('\n')}\n`;
}

async function overview(look: Look): Promise<string[]> {
  const rows = await Promise.all(
    COMMANDS.map(async (entry): Promise<[string, Sentence]> => {
      const names = entry.aliases.length > 0 ? `${entry.name} (${entry.aliases.join(', ')})` : entry.name;
      return [names, (await entry.load()).summary];
    }),
  );
  return [
    look.say({
      en: 'keel finds why a thread was late, tries a change, proves it, keeps or undoes it.',
      ko: 'keel은 스레드가 늦은 이유를 찾고, 변경을 시험하고 입증하며, 유지하거나 되돌립니다.',
    }),
    '',
    ...twoColumns(rows, look),
    '',
    look.say({ en: 'One command: keel help COMMAND', ko: '명령별 도움말: keel help 명령' }),
  ];
}

function commandHelp(command: Command, aliases: readonly string[], look: Look): string[] {
  const words = ['keel', command.name, ...command.arguments.map((argument) => argument.name)];
  const options = (table: Readonly<Record<string, Option<unknown>>>) =>
    twoColumns(
      Object.values(table).map((option) => [option.flags, option.describe]),
      look,
    );
  return [
    `${look.say({ en: 'usage', ko: '사용법' })}: ${words.join(' ')} ${look.say({ en: '[options]', ko: '[옵션]' })}`,
    ...(aliases.length > 0 ? [`${look.say({ en: 'also', ko: '다른 이름' })}: ${aliases.join(', ')}`] : []),
    '',
    look.say(command.summary),
    ...(command.details ? ['', ...wrap(look.say(command.details), look.width)] : []),
    '',
    ...twoColumns(
      command.arguments.map((argument) => [argument.name, argument.describe]),
      look,
    ),
    ...options(command.options),
    ...options(GLOBAL_OPTIONS),
    '',
    ...command.examples.flatMap((example) => [`  ${example.line}`, `      ${look.say(example.does)}`]),
  ];
}

/** A left column as wide as needed, up to 28, and the right one wrapped beside it. */
function twoColumns(rows: readonly (readonly [string, Sentence])[], look: Look): string[] {
  const left = Math.min(28, Math.max(0, ...rows.map(([name]) => cells(name))));
  return rows.flatMap(([name, sentence]) => {
    const text = wrap(look.say(sentence), Math.max(20, look.width - left - 4));
    const first =
      cells(name) > left
        ? [`  ${name}`, `  ${padEnd('', left)}  ${text[0]}`]
        : [`  ${padEnd(name, left)}  ${text[0]}`];
    return [...first, ...text.slice(1).map((line) => `  ${padEnd('', left)}  ${line}`)];
  });
}

/** Breaks at blanks; counts cells, so Korean wraps at the right place. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && cells(line) + 1 + cells(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}
