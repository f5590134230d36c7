/** A machine as a parameter. All kernel text is read through here. */
import { FormatError } from '../base/errors.ts';
import { isMissing, type Maybe, missing } from '../base/missing.ts';
import { FactMissing, type Facts } from './facts.ts';
import { type Fill, type Holes, pathOf, type Reader, type ReaderKind } from './reader.ts';

/** Where texts come from: the running machine, a folder, a capture, a table in memory. */
export interface TextSource {
  /** The text of a file, the names of a folder one a line, or the target of a link. */
  text(kind: ReaderKind, path: string): Maybe<string>;
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
    const text = this.#source.text(reader.kind, path);
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
