/** Runs one command line: finds the command, parses, runs, prints, and answers the exit code. */
import { EXIT, KeelError } from '../base/errors.ts';
import type { Language } from '../base/sentence.ts';
import { createContext, type Terminal } from './context.ts';
import { findCommand } from './find-command.ts';
import { GLOBAL_OPTIONS } from './options.ts';
import { errorJson, errorLines } from './output/error.ts';
import { createLook, type Look, withoutControls } from './output/look.ts';
import { writeOutput } from './output/write.ts';
import { flagsOf, type ParsedLine, parseLine } from './parse.ts';
import { type SplitLine, splitLine } from './split-line.ts';

export interface Outside extends Terminal {
  readonly out: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly columns: number | undefined;
  readonly signal: AbortSignal;
}

/** @returns the exit code */
export async function main(line: readonly string[], outside: Outside): Promise<number> {
  const globals = globalsOn(line);
  const look = lookFor(globals, outside);
  try {
    return await runLine(splitLine(line), look, outside);
  } catch (error) {
    const known = error instanceof KeelError ? error : (outOfFiles(error) ?? internalError(error));
    if (globals.json === true) outside.err(`${JSON.stringify(errorJson(known))}\n`);
    else for (const text of errorLines(known, look)) outside.err(`${withoutControls(text)}\n`);
    return known.exitCode;
  }
}

async function runLine({ word = 'help', rest }: SplitLine, look: Look, outside: Outside): Promise<number> {
  const topic = helpAsked(word, rest);
  if (topic !== null) {
    const { helpText } = await import('./help.ts');
    outside.out(await helpText(topic, look));
    return EXIT.fine;
  }
  const command = await findCommand(word).load();
  const { args, beforeDashes, options } = parseLine(command, rest);
  const context = createContext(look, outside, outside.signal, options);
  const output = await command.run({
    args,
    beforeDashes,
    options: options as never,
    context,
    json: options.json === true,
  });
  const format = {
    json: options.json === true,
    csv: options.csv === true,
    exitCodeForFindings: options.exitCode === true,
  };
  return writeOutput(output, format, look, outside);
}

/** What help is asked about: '' is all of keel, null that none is asked. What follows `--` is not for us. */
function helpAsked(word: string, rest: readonly string[]): string | null {
  if (word === 'help' || isHelp(word)) return splitLine(rest).word?.replace(/^(?:help|--help|-h)$/, '') ?? '';
  const ours = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  return ours.some(isHelp) ? word : null;
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

/**
 * The options of every command, read before the line is known to be right, because its errors too have a language and
 * a width. Values that are wrong are left out here; `parseLine` complains of them.
 */
function globalsOn(line: readonly string[]): ParsedLine['options'] {
  const ours = line.includes('--') ? line.slice(0, line.indexOf('--')) : line;
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(GLOBAL_OPTIONS)) {
    const long = `--${flagsOf(option).long}`;
    const at = ours.findLastIndex((word) => word === long || word.startsWith(`${long}=`));
    if (at < 0) continue;
    const text = ours[at]?.slice(long.length + 1) || (ours[at + 1] ?? '');
    try {
      values[name] = option.parse === undefined ? true : option.parse(text);
    } catch (error) {
      if (!(error instanceof KeelError)) throw error;
    }
  }
  return values;
}

function lookFor(globals: ParsedLine['options'], outside: Outside): Look {
  const { env } = outside;
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const language = globals.lang === 'ko' || globals.lang === 'en' ? globals.lang : languageOf(locale);
  const utf8 = /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '') || language === 'ko';
  return createLook({
    language,
    width: typeof globals.width === 'number' ? globals.width : (outside.columns ?? 80),
    unicode: globals.ascii !== true && utf8,
    colour: outside.stdoutIsTerminal && !env.NO_COLOR && env.TERM !== 'dumb',
  });
}

function languageOf(locale: string): Language {
  return /^ko(?:[_.@]|$)/i.test(locale) ? 'ko' : 'en';
}

/** Nothing of ours is wrong then, and any file may be the one too many: a module that is loaded late, too. */
function outOfFiles(error: unknown): KeelError | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== 'EMFILE' && code !== 'ENFILE') return null;
  return new KeelError('E_CONFLICT', {
    what: {
      en: `too many open files: the limit ${code === 'EMFILE' ? 'of this process' : 'of the machine'} is reached`,
      ko: `열린 파일이 너무 많습니다. ${code === 'EMFILE' ? '이 프로세스' : '컴퓨터'}의 한도에 닿았습니다`,
    },
    next: [
      {
        en: code === 'EMFILE' ? 'Raise it: ulimit -n 4096' : 'Raise it: sysctl fs.file-max',
        ko: code === 'EMFILE' ? '한도 올리기: ulimit -n 4096' : '한도 올리기: sysctl fs.file-max',
      },
    ],
    cause: error,
  });
}

function internalError(error: unknown): KeelError {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new KeelError('E_INTERNAL', { what: { en: said, ko: said }, cause: error });
}
