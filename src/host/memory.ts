/** A machine in a table: for tests, and for captures once they are decoded. */
import { isMissing, type Maybe, type Missing, missing } from '../base/missing.ts';
import type { TextSource } from './host.ts';
import type { ReaderKind } from './reader.ts';

export type Entry = { readonly kind: ReaderKind; readonly text: string } | Missing;

/** Paths to texts. A folder whose listing is not in the table lists what the table holds below it. */
export class MemorySource implements TextSource {
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(entries: ReadonlyMap<string, Entry>) {
    this.#entries = entries;
  }

  /** For tests: plain file texts by path. */
  static ofFiles(files: Readonly<Record<string, string>>): MemorySource {
    return new MemorySource(
      new Map(Object.entries(files).map(([path, text]) => [path, { kind: 'file' as const, text }])),
    );
  }

  text(kind: ReaderKind, path: string): Maybe<string> {
    const entry = this.#entries.get(path);
    if (entry === undefined) return kind === 'list' ? this.#listed(path) : missing('not-captured', path);
    if (isMissing(entry)) return entry;
    return entry.kind === kind ? entry.text : missing('not-captured', path, `captured as a ${entry.kind}`);
  }

  #listed(path: string): Maybe<string> {
    const below = path.endsWith('/') ? path : `${path}/`;
    const names = new Set<string>();
    for (const known of this.#entries.keys()) {
      if (known.startsWith(below)) names.add(known.slice(below.length).split('/', 1)[0] ?? '');
    }
    return names.size > 0 ? [...names].join('\n') : missing('not-captured', path);
  }
}
