/** What may be typed next, from the registry of commands. What only the machine knows is looked up through `Names`. */
import type { Sentence } from '../../base/sentence.ts';
import type { Argument, Command, CommandEntry, Option } from '../command.ts';
import { GLOBAL_OPTIONS } from '../options.ts';
import { optionsOf } from '../parse.ts';
import { splitLine } from '../split-line.ts';
import { TOPICS } from '../topics/index.ts';
import { optionBeingGiven, positionalsIn, spellings } from './typed-options.ts';

export interface Candidate {
  readonly word: string;
  readonly describe?: Sentence;
}

/** Words to choose from, or what the shell itself completes best. */
export type Candidates = readonly Candidate[] | 'files' | 'folders' | 'programs';

/** What can be typed as the text so far goes on; more than fits is fine. */
export interface Names {
  readonly targets: (typed: string) => readonly Candidate[];
  readonly cpus: (typed: string) => readonly Candidate[];
  readonly changes: () => Promise<readonly Candidate[]>;
}

/** @param words what follows `keel`; the last one is being typed and may be blank */
export async function candidatesFor(
  words: readonly string[],
  commands: readonly CommandEntry[],
  names: Names,
): Promise<Candidates> {
  const typed = words.at(-1) ?? '';
  const found = await everyCandidate(words.slice(0, -1), typed, commands, names);
  return typeof found === 'string' ? found : found.filter(({ word }) => word.startsWith(typed));
}

async function everyCandidate(
  before: readonly string[],
  typed: string,
  commands: readonly CommandEntry[],
  names: Names,
): Promise<Candidates> {
  const { word, rest } = splitLine(before);
  const shown = commands.filter((entry) => !entry.hidden);
  if (word === undefined)
    return (await forOptions(Object.values(GLOBAL_OPTIONS), before, typed, names)) ?? commandNames(shown, '');
  if (word === 'help') return helpNames(rest, shown);
  const entry = commands.find((one) => one.name === word || one.aliases.includes(word));
  if (entry !== undefined) return forCommand(await entry.load(), rest, typed, names);
  return rest.length === 0 ? commandNames(shown, `${word} `) : [];
}

/** Names by their next word: `faults record` is offered as `faults`, and behind that as `record`. */
async function commandNames(entries: readonly CommandEntry[], typed: string): Promise<readonly Candidate[]> {
  const words = new Map<string, Candidate>();
  for (const entry of entries) {
    const { summary } = await entry.load();
    for (const name of [entry.name, ...entry.aliases]) {
      const word = name.startsWith(typed) ? name.slice(typed.length).split(' ', 1)[0] : undefined;
      if (word && !words.has(word)) words.set(word, { word, describe: summary });
    }
  }
  const help = { en: 'help of a command or topic', ko: '명령이나 주제의 도움말' };
  return [...words.values(), ...(typed === '' ? [{ word: 'help', describe: help }] : [])];
}

async function helpNames(
  before: readonly string[],
  entries: readonly CommandEntry[],
): Promise<readonly Candidate[]> {
  if (before.length > 0) return before.length === 1 ? commandNames(entries, `${before[0]} `) : [];
  const topics = TOPICS.map((topic) => ({ word: topic.name, describe: topic.title }));
  return [...(await commandNames(entries, '')), ...topics];
}

async function forCommand(
  command: Command,
  before: readonly string[],
  typed: string,
  names: Names,
): Promise<Candidates> {
  const dashes = before.indexOf('--');
  if (dashes >= 0 && command.passThrough) return dashes === before.length - 1 ? 'programs' : 'files';
  const options = Object.values(optionsOf(command));
  const ofOption = dashes >= 0 ? null : await forOptions(options, before, typed, names);
  if (ofOption !== null) return ofOption;
  const last = command.arguments.at(-1);
  const argument =
    command.arguments[positionalsIn(before, options)] ?? (last?.name.includes('...') ? last : undefined);
  return valuesOf(argument?.completes, typed, names);
}

/** Names of options, or values of the one before the cursor; null where an argument is being typed. */
async function forOptions(
  options: readonly Option<unknown>[],
  before: readonly string[],
  typed: string,
  names: Names,
): Promise<Candidates | null> {
  const given = optionBeingGiven(before, typed, options);
  if (given !== null) {
    const values = await valuesOf(given.option.completes, typed.slice(given.prefix.length), names);
    return typeof values === 'string'
      ? values
      : values.map((one) => ({ ...one, word: `${given.prefix}${one.word}` }));
  }
  if (!typed.startsWith('-')) return null;
  return options
    .filter((option) => option.repeatable || !spellings(option).some((name) => before.includes(name)))
    .map((option) => ({ word: spellings(option)[0], describe: option.describe }));
}

async function valuesOf(
  completes: Option<unknown>['completes'] | Argument['completes'],
  typed: string,
  names: Names,
): Promise<Candidates> {
  switch (completes) {
    case undefined:
      return [];
    case 'file':
      return 'files';
    case 'folder':
      return 'folders';
    case 'command':
      return 'programs';
    case 'target':
      return names.targets(typed);
    case 'cpus':
      return names.cpus(typed);
    case 'change':
      return names.changes();
    default:
      return completes.map((word) => ({ word }));
  }
}
