/** Wraps a source and keeps every text that passes: what `keel capture` saves is what the readers read. */
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Host, TextSource } from './host.ts';
import type { Entry } from './memory.ts';
import type { ReaderKind } from './reader.ts';

export class RecordingSource implements TextSource {
  readonly #inner: TextSource;
  readonly #keep: (path: string, text: string) => string | null;
  #entries = new Map<string, Entry>();

  /** @param keep the text to save, scrubbed, or null for nothing */
  constructor(inner: TextSource, keep: (path: string, text: string) => string | null) {
    this.#inner = inner;
    this.#keep = keep;
  }

  text(kind: ReaderKind, path: string): Maybe<string> {
    const text = this.#inner.text(kind, path);
    if (isMissing(text)) this.#entries.set(path, text);
    else {
      const kept = this.#keep(path, text);
      if (kept !== null) this.#entries.set(path, { kind, text: kept });
    }
    return text;
  }

  /** What has passed since the last call. */
  take(): ReadonlyMap<string, Entry> {
    const taken = this.#entries;
    this.#entries = new Map();
    return taken;
  }
}

/** The same machine, keeping what is read of it. */
export function recordHost(
  host: Host,
  keep: (path: string, text: string) => string | null,
): { readonly host: Host; readonly take: () => ReadonlyMap<string, Entry> } {
  const recorders: RecordingSource[] = [];
  const recorded = host.through((inner) => {
    const recorder = new RecordingSource(inner, keep);
    recorders.push(recorder);
    return recorder;
  });
  return { host: recorded, take: () => new Map(recorders.flatMap((recorder) => [...recorder.take()])) };
}
