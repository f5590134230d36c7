/**
 * A reader is a value: where a kernel text lies, and a pure function from the text to a typed reading. It never opens
 * anything; a host does, so the same reader serves the running machine, a capture, and a test with three lines.
 */
import type { Facts } from './facts.ts';

/** The names of the holes of a path: `Holes<'/proc/{pid}/stat'>` is `'pid'`. */
export type Holes<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Holes<Rest>
  : never;

/** What fills the holes; text may be a cgroup path with slashes, never `..`. */
export type Fill<Path extends string> = Readonly<Record<Holes<Path>, number | string>>;

/**
 * - `file`: the whole text of a file
 * - `bytes`: the whole of a file that is not text, one character (0 to 255) a byte
 * - `list`: the names in a folder, one a line
 * - `link`: the target of a symbolic link
 */
export type ReaderKind = 'file' | 'bytes' | 'list' | 'link';

/**
 * How a capture treats it.
 * - `machine`: always captured
 * - `task`: captured for the tasks asked for
 * - `never`: private (command lines, environment, addresses)
 */
export type CaptureRule = 'machine' | 'task' | 'never';

export interface Reader<T, Path extends string = string> {
  readonly kind: ReaderKind;
  readonly path: Path;
  /** Where the kernel documents the text: a man page or a file of Documentation/. */
  readonly doc: string;
  readonly capture: CaptureRule;
  /** What a capture keeps of the text, where it must not keep all: a text that `parse` reads the same. */
  readonly scrub?: (text: string) => string;
  /** @throws FormatError where a known line does not parse */
  readonly parse: (text: string, facts: Facts) => T;
}

/** Of a file that the kernel writes as one record (single_open in its source): one read gives all of it. */
export interface RecordReader<T, Path extends string = string> extends Reader<T, Path> {
  readonly kind: 'file';
  readonly isRecord: true;
}

type Definition<T, Path extends string> = Omit<Reader<T, Path>, 'kind'>;

export function fileReader<T, const Path extends string>(definition: Definition<T, Path>): Reader<T, Path> {
  return { kind: 'file', ...definition };
}

export function recordReader<T, const Path extends string>(
  definition: Definition<T, Path>,
): RecordReader<T, Path> {
  return { kind: 'file', isRecord: true, ...definition };
}

export function bytesReader<T, const Path extends string>(definition: Definition<T, Path>): Reader<T, Path> {
  return { kind: 'bytes', ...definition };
}

export function listReader<T, const Path extends string>(definition: Definition<T, Path>): Reader<T, Path> {
  return { kind: 'list', ...definition };
}

export function linkReader<T, const Path extends string>(definition: Definition<T, Path>): Reader<T, Path> {
  return { kind: 'link', ...definition };
}

/** The reader's path with its holes filled. */
export function pathOf<Path extends string>(reader: Reader<unknown, Path>, fill: Fill<Path>): string {
  const [first = '', ...rest] = partsOf(reader.path);
  let path = first;
  for (let i = 0; i < rest.length; i += 2) {
    path += `${(fill as Record<string, unknown>)[rest[i] as string]}${rest[i + 1]}`;
  }
  return path;
}

/** What is between the holes, and their names, in turns: paths are filled for every file of every thread. */
function partsOf(path: string): readonly string[] {
  const known = PARTS.get(path) ?? path.split(/\{(\w+)\}/);
  PARTS.set(path, known);
  return known;
}

/** As many as there are readers. */
const PARTS = new Map<string, readonly string[]>();
