/** Runs one command line: finds the command, parses, runs, prints, and answers the exit code. */
import { EXIT, KeelError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import type { Language } from '../base/sentence.ts';
import type { Command, CommandEntry } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { createContext, type Terminal } from './context.ts';
import { errorJson, errorLines } from './output/error.ts';
import { createLook, type Look, withoutControls } from './output/look.ts';
import { writeOutput } from './output/write.ts';
import { parseLine } from './parse.ts';

export interface Outside extends Terminal {
  readonly out: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdoutIsTerminal: boolean;
  readonly columns: number | undefined;
  readonly signal: AbortSignal;
}

/** @returns the exit code */
export async function main(line: readonly string[], outside: Outside): Promise<number> {
  const look = lookFor({}, line, outside);
  try {
    return await runLine(line, outside);
  } catch (error) {
    const known = error instanceof KeelError ? error : internalError(error);
    if (line.includes('--json')) outside.err(`${JSON.stringify(errorJson(known))}\n`);
    else for (const text of errorLines(known, look)) outside.err(`${withoutControls(text)}\n`);
    return known.exitCode;
  }
}

async function runLine(line: readonly string[], outside: Outside): Promise<number> {
  const [word = 'help', ...rest] = line;
  const wantsHelp = word === '--help' || word === '-h' || rest.slice(0, behindDashes(rest)).some(isHelp);
  if (wantsHelp || word === 'help') {
    const { helpText } = await import('./help.ts');
    const topic = word === 'help' ? rest[0] : isHelp(word) ? undefined : word;
    const entry = topic === undefined || isHelp(topic) ? undefined : findCommand(topic);
    outside.out(await helpText(entry, lookFor({}, line, outside)));
    return EXIT.fine;
  }
  const command = await findCommand(word).load();
  const { args, options } = parseLine(command, rest);
  const look = lookFor(options, line, outside);
  const context = createContext(look, outside, outside.signal, options);
  const output = await command.run({ args, options: options as never, context });
  const format = {
    json: options.json === true,
    csv: options.csv === true,
    exitCodeForFindings: options.exitCode === true,
  };
  return writeOutput(output, format, look, outside);
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

/** What follows `--` belongs to the program that is launched. */
function behindDashes(line: readonly string[]): number {
  const at = line.indexOf('--');
  return at < 0 ? line.length : at;
}

/** @throws KeelError E_USAGE with the nearest names */
export function findCommand(word: string): CommandEntry {
  const found = COMMANDS.find((entry) => entry.name === word || entry.aliases.includes(word));
  if (found) return found;
  const near = nearest(
    word,
    COMMANDS.flatMap((entry) => [entry.name, ...entry.aliases]),
  );
  throw new KeelError('E_USAGE', {
    what: { en: `there is no command "${word}"`, ko: `"${word}" 명령은 없습니다` },
    next: [
      ...(near === null ? [] : [{ en: `Did you mean: keel ${near}`, ko: `혹시: keel ${near}` }]),
      { en: 'All commands: keel help', ko: '모든 명령: keel help' },
    ],
  });
}

function lookFor(
  options: Readonly<Record<string, unknown>>,
  line: readonly string[],
  outside: Outside,
): Look {
  const asked = options.lang ?? optionOnLine(line, '--lang');
  const env = outside.env;
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const language: Language = asked === 'ko' || asked === 'en' ? asked : /^ko/i.test(locale) ? 'ko' : 'en';
  const utf8 = /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '') || language === 'ko';
  return createLook({
    language,
    width: typeof options.width === 'number' ? options.width : (outside.columns ?? 80),
    unicode: options.ascii !== true && utf8,
    colour: outside.stdoutIsTerminal && !env.NO_COLOR && env.TERM !== 'dumb',
  });
}

/** Before the line is parsed, and where it does not parse, the language of the error still matters. */
function optionOnLine(line: readonly string[], name: string): string | undefined {
  const at = line.indexOf(name);
  if (at >= 0) return line[at + 1];
  return line.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

function internalError(error: unknown): KeelError {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new KeelError('E_INTERNAL', { what: { en: said, ko: said }, cause: error });
}

export type { Command };
