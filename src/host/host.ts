/** A machine as a parameter. All kernel text is read through here. */
import { FormatError } from '../base/errors.ts';
import { isMissing, type Maybe, missing } from '../base/missing.ts';
import { FactMissing, type Facts } from './facts.ts';
import { type Fill, type Holes, pathOf, type Reader, type ReaderKind, type RecordReader } from './reader.ts';

/** Where texts come from: the running machine, a folder, a capture, a table in memory. */
export interface TextSource {
  /** The text of a file, the names of a folder one a line, or the target of a link. */
  text(kind: ReaderKind, path: string): Maybe<string>;
  /** A file of one record that will be read again and again; absent where keeping it open brings nothing. */
  hold?(path: string): HeldText;
}

/** The text of one file, each time as it is now. */
export interface HeldText {
  /** The same string for as long as the text is the same. `gone` for good once its task has ended. */
  text(): Maybe<string>;
  close(): void;
}

/** A reading that is taken again and again. */
export interface Held<T> {
  /** As it is now: the same value for as long as the text is the same. `gone` for good once its task has ended. */
  read(): Maybe<T>;
  close(): void;
}

export type HostKind = 'live' | 'captured';

/** The arguments after the reader: none where its path has no holes. */
export type FillArgs<Path extends string> = [Holes<Path>] extends [never] ? [] : [fill: Fill<Path>];

export class Host {
  readonly kind: HostKind;
  readonly facts: Facts;
  readonly #source: TextSource;

  constructor(kind: HostKind, facts: Facts, source: TextSource) {
    this.kind = kind;
    this.facts = facts;
    this.#source = source;
  }

  /** The same machine, read through another source around this one's. */
  through(wrap: (inner: TextSource) => TextSource): Host {
    return new Host(this.kind, this.facts, wrap(this.#source));
  }

  /** Reads and parses. Text that does not parse is `unreadable`, with the path, the line and what was expected. */
  read<T, Path extends string>(reader: Reader<T, Path>, ...[fill]: FillArgs<Path>): Maybe<T> {
    const path = fill === undefined ? reader.path : pathOf(reader, fill);
    return this.#parse(reader, path, this.#source.text(reader.kind, path));
  }

  /**
   * Keeps the file open, so that reading it again takes one call of the kernel instead of four, and parses only what
   * changed. An open file goes on meaning the task it was opened for: its id may be another's by then.
   */
  hold<T, Path extends string>(reader: RecordReader<T, Path>, fill: Fill<Path>): Held<T> {
    const path = pathOf(reader, fill);
    const text = this.#source.hold?.(path);
    return text === undefined ? this.reread(reader, fill) : this.#held(reader, path, text);
  }

  /** As hold, for those who may not keep so many files open: opens it with each reading. */
  reread<T, Path extends string>(reader: RecordReader<T, Path>, fill: Fill<Path>): Held<T> {
    const path = pathOf(reader, fill);
    return this.#held(reader, path, { text: () => this.#source.text(reader.kind, path), close() {} });
  }

  #held<T>(reader: Reader<T>, path: string, file: HeldText): Held<T> {
    let before: { readonly text: string; readonly value: Maybe<T> } | null = null;
    return {
      read: () => {
        const text = file.text();
        if (isMissing(text)) return text;
        if (before?.text !== text) before = { text, value: this.#parse(reader, path, text) };
        return before.value;
      },
      close: () => file.close(),
    };
  }

  #parse<T>(reader: Reader<T>, path: string, text: Maybe<string>): Maybe<T> {
    if (isMissing(text)) return text;
    try {
      return reader.parse(text, this.facts);
    } catch (error) {
      if (error instanceof FormatError) return missing('unreadable', path, error.message);
      if (error instanceof FactMissing) return missing('not-captured', `fact ${error.fact}`, path);
      throw error;
    }
  }
}
