/** keel(1), in every language, from the registries of commands and topics. The macros are those of man(7). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { LANGUAGES, type Language, type Sentence } from '../../src/base/sentence.ts';
import type { OptionTable } from '../../src/cli/command.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/options.ts';
import { wrap } from '../../src/cli/output/wrap.ts';
import { TOPICS } from '../../src/cli/topics/index.ts';
import type { Topic } from '../../src/cli/topics/topic.ts';
import { PURPOSE, usageOf } from '../../src/cli/usage.ts';
import type { Generated } from './generated.ts';
import { type ShownCommand, shownCommands } from './shown-commands.ts';

export const manPages: readonly Generated[] = LANGUAGES.map((language) => ({
  path: language === 'en' ? 'man/keel.1' : `man/${language}/keel.1`,
  text: () => manPage(language),
}));

const SAY = {
  name: { en: 'NAME', ko: '이름' },
  synopsis: { en: 'SYNOPSIS', ko: '사용법' },
  description: { en: 'DESCRIPTION', ko: '설명' },
  commands: { en: 'COMMANDS', ko: '명령' },
  global: { en: 'OPTIONS OF EVERY COMMAND', ko: '공통 옵션' },
  examples: { en: 'Examples', ko: '예' },
  seeAlso: { en: 'SEE ALSO', ko: '같이 보기' },
  command: { en: 'COMMAND [options]', ko: '명령 [옵션]' },
  help: { en: 'help [COMMAND or TOPIC]', ko: 'help [명령 또는 주제]' },
  also: { en: 'Also called', ko: '다른 이름:' },
  summary: {
    en: 'why a thread was late, and what to do about it',
    ko: '스레드가 늦은 이유와 해결 방법',
  },
  details: {
    en: 'It knows the machine, looks at processes thread by thread, places them, and puts them back exactly. Every change is shown before it is made, verified after, and can be undone.',
    ko: '컴퓨터의 구조를 파악하고, 프로세스를 스레드별로 살펴보고, 배치하고, 정확히 되돌립니다. 모든 변경은 실행 전에 보여 주고, 실행 후에 확인하며, 되돌릴 수 있습니다.',
  },
} as const satisfies Readonly<Record<string, Sentence>>;

async function manPage(language: Language): Promise<string> {
  const say = (sentence: Sentence) => sentence[language];
  const lines = [
    '.\\" Made from the registries of keel by `npm run generate`; changes belong there.',
    `.TH KEEL 1 ${releaseDate()} "evenkeel ${manifest.version}"`,
    ...section(say(SAY.name), [`keel \\- ${roff(say(SAY.summary))}`]),
    ...section(say(SAY.synopsis), [
      `.B keel\n${roff(say(SAY.command))}`,
      '.br',
      `.B keel\n${roff(say(SAY.help))}`,
    ]),
    ...section(say(SAY.description), [roff(say(PURPOSE)), roff(say(SAY.details))]),
    ...section(
      say(SAY.commands),
      (await shownCommands()).flatMap((one) => commandPart(one, say)),
    ),
    ...section(say(SAY.global), optionParts(GLOBAL_OPTIONS, say)),
    ...TOPICS.flatMap((topic) => section(say(topic.title).toUpperCase(), topicParts(topic, say))),
    ...section(say(SAY.seeAlso), [SEE_ALSO.map(([page, part]) => `.BR ${page} (${part})`).join(' ,\n')]),
  ];
  return `${lines.join('\n')}\n`;
}

const SEE_ALSO = [
  ['taskset', 1],
  ['chrt', 1],
  ['lscpu', 1],
  ['numactl', 8],
  ['sched', 7],
  ['cpuset', 7],
  ['proc', 5],
] as const;

type Say = (sentence: Sentence) => string;

function commandPart({ command, aliases }: ShownCommand, say: Say): string[] {
  return [
    `.SS keel ${command.name}`,
    `.B ${roff(say(usageOf(command))).replaceAll('\n', ' ')}`,
    '.PP',
    roff(`${capitalized(say(command.summary))}.`),
    ...(aliases.length > 0 ? [roff(`${say(SAY.also)} ${aliases.join(', ')}.`)] : []),
    ...(command.details
      ? say(command.details)
          .split('\n')
          .filter(Boolean)
          .flatMap((text) => ['.PP', roff(text)])
      : []),
    ...command.arguments.flatMap((argument) => tagged(argument.name, say(argument.describe))),
    ...optionParts(command.options, say),
    '.PP',
    roff(`${say(SAY.examples)}:`),
    ...command.examples.flatMap((example) => tagged(example.line, say(example.does))),
  ];
}

function optionParts(table: OptionTable, say: Say): string[] {
  return Object.values(table).flatMap((option) => tagged(option.flags, say(option.describe)));
}

function topicParts(topic: Topic, say: Say): string[] {
  return [
    roff(say(topic.text)),
    ...topic.rows.flatMap((row) => tagged(row.term, say(row.means))),
    ...(topic.notes ? ['.PP', roff(say(topic.notes))] : []),
  ];
}

function section(title: string, parts: readonly string[]): string[] {
  return [`.SH ${roff(title)}`, ...parts];
}

function tagged(term: string, text: string): string[] {
  return ['.TP', `.B ${roff(term).replaceAll('"', '\\(dq').replaceAll('\n', ' ')}`, roff(text)];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text that roff prints as it is: no escapes, no macros, hyphens that can be copied; short lines, as the lint asks. */
function roff(text: string): string {
  return wrap(text.replaceAll('\\', '\\e').replaceAll('-', '\\-'), 72)
    .map((line) => line.replace(/^([.'])/, '\\&$1'))
    .join('\n');
}

/** The date of the newest release in the changelog, so that the page does not change by the day it is made. */
function releaseDate(): string {
  const changelog = readFileSync(join(import.meta.dirname, '../../CHANGELOG.md'), 'utf8');
  const date = /^## \[[\d.]+\] - (\d{4}-\d{2}-\d{2})$/m.exec(changelog)?.[1];
  if (date === undefined) throw new Error('CHANGELOG.md has no release with its date');
  return date;
}
