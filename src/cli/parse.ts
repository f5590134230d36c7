/**
 * The command line of one command. Node's own `parseArgs` cuts it into tokens (POSIX rules: `-o file`, `--for=10s`,
 * `--` ends the options); what they mean, and what is wrong with them, is said here, with a caret under the word.
 */
import { parseArgs } from 'node:util';
import { KeelError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Argument, Command, Option, OptionTable } from './command.ts';
import { GLOBAL_OPTIONS } from './options.ts';

export interface ParsedLine {
  readonly args: readonly string[];
  /** How many arguments stand before `--`; all of them where there is none. */
  readonly beforeDashes: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** An option's flags, taken apart: `-o, --out <file>`. */
export interface Flags {
  readonly long: string;
  readonly short: string | null;
  /** What stands for the value in help, `file`; null for a flag. */
  readonly value: string | null;
}

/** @throws Error where the flags are not written as in help; a test holds every command to it */
export function flagsOf(option: Option<unknown>): Flags {
  const match = /^(?:-(\w), )?--([a-z][\w-]*)(?: <([^>]+)>)?$/.exec(option.flags);
  if (!match) throw new Error(`flags that cannot be read: ${option.flags}`);
  return { long: match[2] as string, short: match[1] ?? null, value: match[3] ?? null };
}

/** Every option the command takes, the ones of all commands included, by the name of its value. */
export function optionsOf(command: Pick<Command, 'options'>): OptionTable {
  return { ...GLOBAL_OPTIONS, ...command.options };
}

/**
 * Options may stand before and after arguments. Of an option given twice the last one counts, unless it collects.
 * @throws KeelError E_USAGE
 */
export function parseLine(command: Command, line: readonly string[]): ParsedLine {
  const table = optionsOf(command);
  const tokens = tokensOf(table, line);
  const args = tokens.filter((token) => token.kind === 'positional');
  const options: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const known = Object.entries(table).find(([, option]) => flagsOf(option).long === token.name);
    const at = { command, line, index: token.index };
    if (known === undefined) throw unknownOption(at, token.rawName, table);
    const value = valueFor(known[1], token, at);
    options[known[0]] = known[1].repeatable ? [...((options[known[0]] as unknown[]) ?? []), value] : value;
  }
  checkArguments(command, line, args);
  const dashes = tokens.find((token) => token.kind === 'option-terminator')?.index ?? line.length;
  const beforeDashes = args.filter((token) => token.index < dashes).length;
  return { args: args.map((token) => token.value), beforeDashes, options };
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/** A word of a line, for errors that point at it. */
interface Place {
  readonly command: Command;
  readonly line: readonly string[];
  readonly index: number;
}

function tokensOf(table: OptionTable, line: readonly string[]): readonly Token[] {
  const options = Object.fromEntries(
    Object.values(table).map((option) => {
      const { long, short, value } = flagsOf(option);
      return [long, { type: value === null ? 'boolean' : 'string', ...(short ? { short } : {}) } as const];
    }),
  );
  return (
    parseArgs({ args: [...line], options, strict: false, allowPositionals: true, tokens: true }).tokens ?? []
  );
}

function valueFor(option: Option<unknown>, token: OptionToken, at: Place): unknown {
  const { long, value: name } = flagsOf(option);
  const { value } = token;
  if (option.parse === undefined) {
    if (value === undefined) return true;
    throw usage(at, { en: `--${long} takes no value`, ko: `--${long}에는 값을 쓰지 않습니다` });
  }
  // `--out --json` is a forgotten value; `--nice -5` and `--out=--json` are meant.
  const forgotten = value === undefined || (!token.inlineValue && /^-(?![\d.])./.test(value));
  if (!forgotten) return option.parse(value);
  throw usage(at, { en: `--${long} needs a value: <${name}>`, ko: `--${long}에 값이 필요합니다: <${name}>` });
}

function unknownOption(at: Place, word: string, table: OptionTable): KeelError {
  const names = Object.values(table).map((option) => `--${flagsOf(option).long}`);
  const near = word.startsWith('--') ? nearest(word, names) : null;
  const program = at.command.passThrough && !at.line.includes('--');
  return usage(
    at,
    {
      en: `keel ${at.command.name} has no option ${word}`,
      ko: `keel ${at.command.name}에 ${word} 옵션은 없습니다`,
    },
    [
      ...(near === null ? [] : [{ en: `Did you mean: ${near}`, ko: `혹시: ${near}` }]),
      ...(program
        ? [
            {
              en: 'Options of the program you launch go behind --',
              ko: '실행할 프로그램의 옵션은 -- 뒤에 쓰세요',
            },
          ]
        : []),
    ],
  );
}

/** @throws KeelError E_USAGE where one is missing or too many are given */
function checkArguments(command: Command, line: readonly string[], args: readonly Token[]): void {
  const absent = command.arguments[args.length];
  if (absent !== undefined && isRequired(absent)) {
    throw usage(
      { command, line: [...line, absent.name], index: line.length },
      {
        en: `keel ${command.name} needs ${absent.name}: ${absent.describe.en}`,
        ko: `keel ${command.name}에 ${absent.name} 인수가 필요합니다: ${absent.describe.ko}`,
      },
    );
  }
  const takesMore = command.arguments.some((argument) => /\.\.\.[>\]]$/.test(argument.name));
  const extra = args[command.arguments.length];
  if (extra === undefined || takesMore) return;
  const most = command.arguments.length;
  throw usage(
    { command, line, index: extra.index },
    {
      en:
        most === 0 ? `keel ${command.name} takes no arguments` : `keel ${command.name} takes ${most} at most`,
      ko: most === 0 ? `keel ${command.name}은(는) 인수를 받지 않습니다` : `인수는 최대 ${most}개입니다`,
    },
  );
}

export function isRequired(argument: Argument): boolean {
  return argument.name.startsWith('<');
}

function usage(at: Place, what: Sentence, next: readonly Sentence[] = []): KeelError {
  const words = ['keel', at.command.name, ...at.line];
  const start = words.slice(0, at.index + 2).join(' ').length + 1;
  const length = at.line[at.index]?.length ?? 0;
  const help = `keel help ${at.command.name}`;
  return new KeelError('E_USAGE', {
    what,
    pointer: { text: words.join(' '), start, end: start + length },
    next: [...next, { en: `See: ${help}`, ko: `도움말: ${help}` }],
  });
}
