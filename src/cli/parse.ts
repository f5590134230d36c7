/** The command line of one command, by commander; its complaints become errors of ours. */
import { CommanderError, Option as CommanderOption, Command as Parser } from 'commander';
import { KeelError } from '../base/errors.ts';
import type { Command, Option, OptionTable } from './command.ts';
import { GLOBAL_OPTIONS } from './options.ts';

export interface ParsedLine {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** @throws KeelError E_USAGE */
export function parseLine(command: Command, line: readonly string[]): ParsedLine {
  const table: OptionTable = { ...GLOBAL_OPTIONS, ...command.options };
  const parser = new Parser(command.name)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .helpOption(false);
  for (const argument of command.arguments) parser.argument(argument.name);
  for (const option of Object.values(table)) parser.addOption(commanderOption(option));
  // Options after the first argument are still ours, except behind `--`.
  parser.action(() => {});
  try {
    parser.parse([...line], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, command);
    throw error;
  }
  return { args: parser.args, options: namedValues(table, parser.opts()) };
}

function commanderOption(option: Option<unknown>): CommanderOption {
  const built = new CommanderOption(option.flags);
  const { parse } = option;
  if (parse === undefined) return built;
  return built.argParser((value: string, previous: unknown) =>
    option.repeatable ? [...((previous as unknown[] | undefined) ?? []), parse(value)] : parse(value),
  );
}

/** Commander names values after the long flag (`dryRun`); the table may use any name. */
function namedValues(table: OptionTable, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => [
      name,
      values[new CommanderOption(option.flags).attributeName()],
    ]),
  );
}

function usageError(error: CommanderError, command: Command): KeelError {
  const said = error.message.replace(/^error: /, '');
  const named = /'([^']*)'/.exec(said)?.[1] ?? '';
  const korean: Record<string, string> = {
    'commander.unknownOption': `알 수 없는 옵션: ${named}`,
    'commander.missingArgument': `인수가 없습니다: ${named}`,
    'commander.optionMissingArgument': `옵션에 값이 없습니다: ${named}`,
    'commander.excessArguments': '인수가 너무 많습니다',
    'commander.missingMandatoryOptionValue': `필수 옵션이 없습니다: ${named}`,
  };
  const [what = said, suggestion] = said.split('\n');
  return new KeelError('E_USAGE', {
    what: { en: what, ko: korean[error.code] ?? what },
    next: [
      ...(suggestion ? [{ en: suggestion.replace(/[()]/g, ''), ko: suggestion.replace(/[()]/g, '') }] : []),
      { en: `See: keel help ${command.name}`, ko: `도움말: keel help ${command.name}` },
    ],
    cause: error,
  });
}
