/**
 * What a command is: a value. It takes options, yields a typed output, and never prints; help, man page, completion
 * and the smoke tests are made from it.
 */

import type { Clock } from '../app/clock.ts';
import type { OpenedHost } from '../app/open-host.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import type { Screen } from '../tui/terminal.ts';
import type { Look } from './output/look.ts';

/** One option. `parse` makes the value from the user's text; without it the option is a flag. */
export interface Option<T> {
  /** As in help: `--for <duration>`, `-o, --out <file>`, `--json`. */
  readonly flags: string;
  readonly describe: Sentence;
  /** May be given several times; the value is then the list. */
  readonly repeatable?: boolean;
  /** Choices or a file, for completion. */
  readonly completes?: readonly string[] | 'file' | 'folder' | 'cpus' | 'target';
  /** @throws KeelError E_USAGE with a pointer into the text */
  readonly parse?: (text: string) => T;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of a table of options: absent ones are undefined, flags are booleans, repeatable ones are lists. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T>
    ? (Table[Name] extends { readonly repeatable: true } ? readonly T[] : T) | undefined
    : never;
};

export interface Argument {
  /** As in help: `<target>`, `[cpus]`, `<cmd...>`. */
  readonly name: string;
  readonly describe: Sentence;
  readonly completes?: 'target' | 'cpus' | 'command' | 'change' | 'file' | readonly string[];
}

export interface Example {
  readonly line: string;
  readonly does: Sentence;
}

/** What the outside gives to a command. All effects of a command go through it or through `app`. */
export interface Context {
  /** Opens what `--sysroot` names, or the running machine. */
  readonly open: () => OpenedHost;
  /** The running machine, for commands that act; refuses `--sysroot`. */
  readonly openLive: () => Host;
  readonly clock: Clock;
  readonly look: Look;
  /** Aborts at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A bar on stderr for what takes longer than two seconds; only on a terminal. */
  readonly progress: (label: Sentence, durationNs: number) => Progress;
  /** Lines on stderr that are drawn again in place; only on a terminal. */
  readonly drawing: () => Drawing;
  /**
   * Shows a plan and asks. True at once with `--yes`.
   * @throws KeelError E_USAGE without a terminal and without `--yes`
   */
  readonly confirm: (plan: readonly string[], question: Sentence) => Promise<boolean>;
  /** Somebody is there to be asked, and reads text: a terminal on both sides, and no --json. */
  readonly canAsk: boolean;
  /** The terminal as a screen; null where there is none on both sides, or the result is for programs. */
  readonly openScreen: () => Promise<Screen | null>;
  /** Runs a command line of keel on the terminal, as if it were typed, and waits until its result was read. */
  readonly runLine: (words: readonly string[]) => Promise<void>;
  /** Lines for people besides the result, on stderr. */
  readonly note: (line: Sentence) => void;
  /** From now on SIGHUP calls this instead of ending the command. */
  readonly onHangup: (listener: () => void) => void;
}

export interface Progress {
  readonly stop: () => void;
}

export interface Drawing {
  readonly show: (lines: readonly string[]) => void;
  /** Takes the lines away. */
  readonly stop: () => void;
}

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** One result: as a document, and as lines for people. */
export interface DocumentOutput {
  readonly kind: 'document';
  /** Names its schema: `"schema": "keel.<command>/1"`. */
  readonly json: { readonly schema: string; readonly [key: string]: Json | undefined };
  readonly lines: (look: Look) => readonly string[];
  /** Rows for `--csv`, the first one the header, where rows are natural. */
  readonly csv?: () => readonly (readonly (string | number | null)[])[];
  /** 0 unless said. */
  readonly exitCode?: number;
  /** Findings that make `--exit-code` answer 3. */
  readonly findings?: number;
}

/** Records as they come, one JSON object a line with `--json`. */
export interface StreamOutput {
  readonly kind: 'stream';
  readonly records: AsyncIterable<StreamRecord>;
  /** The header row of `--csv`. */
  readonly csvHeader?: readonly string[];
}

export interface StreamRecord {
  readonly json?: { readonly schema: string; readonly [key: string]: Json | undefined };
  readonly lines?: (look: Look) => readonly string[];
  /** Rows: an interval has one for each task. */
  readonly csv?: readonly (readonly (string | number | null)[])[];
  readonly exitCode?: number;
}

/** The text itself: an SVG picture, a completion script. */
export interface RawOutput {
  readonly kind: 'raw';
  readonly text: string;
}

export type Output = DocumentOutput | StreamOutput | RawOutput;

export interface Invocation<Table extends OptionTable> {
  readonly args: readonly string[];
  /** How many arguments stand before `--`: what is behind it may be a program with its own words. */
  readonly beforeDashes: number;
  readonly options: OptionValues<Table>;
  readonly context: Context;
  /** The output will be JSON: nothing else may come to stdout. */
  readonly json: boolean;
}

export interface Command<Table extends OptionTable = OptionTable> {
  readonly name: string;
  readonly summary: Sentence;
  /** A paragraph or two for help and man page. */
  readonly details?: Sentence;
  readonly arguments: readonly Argument[];
  /** Options of its own; `--json`, `--lang` and the like are everyone's, see options.ts. */
  readonly options: Table;
  /** Takes everything after `--` as arguments. */
  readonly passThrough?: boolean;
  readonly examples: readonly Example[];
  readonly run: (invocation: Invocation<Table>) => Promise<Output>;
}

export function defineCommand<const Table extends OptionTable>(command: Command<Table>): Command {
  // The table's own value types are known to `run` alone; from here on they are opaque.
  return command as unknown as Command;
}

/** A line of the registry: the name is known at once, the rest is loaded when the command is used. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  /** For programs, such as the shell's completion: not listed for people. */
  readonly hidden?: boolean;
  readonly load: () => Promise<Command>;
}
