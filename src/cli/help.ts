/** Help, made from the registry. */
import type { Sentence } from '../base/sentence.ts';
import type { Command, OptionTable } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { findCommand } from './find-command.ts';
import { GLOBAL_OPTIONS } from './options.ts';
import { cells, type Look, padEnd } from './output/look.ts';
import { wrap } from './output/wrap.ts';
import { TOPICS } from './topics/index.ts';
import type { Topic } from './topics/topic.ts';
import { PURPOSE, usageOf } from './usage.ts';

/**
 * Help of one command or topic, or the list of all.
 * @param name as typed; blank for the list
 * @throws KeelError E_USAGE for a name that is neither
 */
export async function helpText(name: string, look: Look): Promise<string> {
  return `${(await helpLines(name, look)).join('\n')}\n`;
}

async function helpLines(name: string, look: Look): Promise<string[]> {
  if (name === '') return overview(look);
  const topic = TOPICS.find((one) => one.name === name);
  if (topic !== undefined) return topicHelp(topic, look);
  const entry = findCommand(
    name,
    TOPICS.map((one) => one.name),
  );
  return commandHelp(await entry.load(), entry.aliases, look);
}

async function overview(look: Look): Promise<string[]> {
  const commands = await Promise.all(
    COMMANDS.filter((entry) => !entry.hidden).map(async (entry): Promise<[string, Sentence]> => {
      const names = entry.aliases.length > 0 ? `${entry.name} (${entry.aliases.join(', ')})` : entry.name;
      return [names, (await entry.load()).summary];
    }),
  );
  return [
    ...wrap(look.say(PURPOSE), look.width),
    '',
    ...twoColumns(commands, look),
    '',
    look.say({ en: 'One command or topic: keel help NAME', ko: '명령이나 주제의 도움말: keel help 이름' }),
    '',
    ...twoColumns(
      TOPICS.map((topic) => [topic.name, topic.title]),
      look,
    ),
  ];
}

function topicHelp(topic: Topic, look: Look): string[] {
  return [
    look.colors.bold(look.say(topic.title)),
    '',
    ...wrap(look.say(topic.text), look.width),
    '',
    ...twoColumns(
      topic.rows.map((row) => [row.term, row.means]),
      look,
    ),
    ...(topic.notes ? ['', ...wrap(look.say(topic.notes), look.width)] : []),
  ];
}

function commandHelp(command: Command, aliases: readonly string[], look: Look): string[] {
  const rowsOf = (table: OptionTable) =>
    Object.values(table).map((option): [string, Sentence] => [option.flags, option.describe]);
  const section = (title: Sentence, rows: readonly [string, Sentence][]) =>
    rows.length === 0 ? [] : ['', `${look.say(title)}:`, ...twoColumns(rows, look)];
  return [
    `${look.say({ en: 'usage', ko: '사용법' })}: ${look.say(usageOf(command))}`,
    ...(aliases.length > 0 ? [`${look.say({ en: 'also', ko: '다른 이름' })}: ${aliases.join(', ')}`] : []),
    '',
    ...wrap(look.say(command.summary), look.width),
    ...(command.details ? ['', ...wrap(look.say(command.details), look.width)] : []),
    ...section(
      { en: 'arguments', ko: '인수' },
      command.arguments.map((argument) => [argument.name, argument.describe]),
    ),
    ...section({ en: 'options', ko: '옵션' }, rowsOf(command.options)),
    ...section({ en: 'options of every command', ko: '공통 옵션' }, rowsOf(GLOBAL_OPTIONS)),
    '',
    `${look.say({ en: 'examples', ko: '예' })}:`,
    ...command.examples.flatMap((example) => [
      `  ${example.line}`,
      ...wrap(look.say(example.does), look.width - 6).map((line) => `      ${line}`),
    ]),
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
