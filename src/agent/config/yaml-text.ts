/** A YAML text with its positions: from a path such as `rules.2.above` to the place in the file. */
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { verbatim } from '../../base/sentence.ts';
import type { ConfigMistake } from './config.ts';

export type Path = readonly PropertyKey[];
type Range = readonly [start: number, end: number];

const MOST_ALIASES = 50;

export class YamlText {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  #value: unknown;
  #unusable: string | null = null;

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
    this.#read();
  }

  /** What is no YAML. */
  get mistakes(): readonly ConfigMistake[] {
    return [
      ...this.#document.errors.map((error) =>
        this.#at([error.pos[0], error.pos[1]], '', verbatim(error.message)),
      ),
      ...(this.#unusable === null ? [] : [this.#at([0, 0], '', verbatim(this.#unusable))]),
    ];
  }

  /** As plain values; an empty file has no keys. Nothing where there are mistakes. */
  get value(): unknown {
    return this.#value;
  }

  /** Aliases of nothing, or that expand without end, are found only here. */
  #read(): void {
    if (this.#document.errors.length > 0) return;
    try {
      this.#value = this.#document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {};
    } catch (error) {
      this.#unusable = (error as Error).message;
    }
  }

  /** @param part the key itself instead of its value */
  mistake(path: Path, note: ConfigMistake['note'], part: 'value' | 'key' = 'value'): ConfigMistake {
    const range = part === 'key' ? this.#keyRange(path) : this.#range(path);
    return this.#at(range, path.slice(0, 2).map(String).join('.'), note);
  }

  /** A mistake inside of a plain value. */
  mistakeWithin(path: Path, start: number, end: number, note: ConfigMistake['note']): ConfigMistake {
    const [from] = this.#range(path);
    const quote = /["']/.test(this.#text[from] ?? '') ? 1 : 0;
    return this.#at([from + quote + start, from + quote + Math.max(end, start + 1)], entryOf(path), note);
  }

  #at([start, end]: Range, entry: string, note: ConfigMistake['note']): ConfigMistake {
    const { line, col } = this.#lines.linePos(start);
    const number = Math.max(1, line);
    const text = (this.#text.split('\n')[number - 1] ?? '').replace(/\r$/, '');
    const from = Math.min(Math.max(0, col - 1), text.length);
    return {
      line: number,
      text,
      start: from,
      end: Math.max(from + 1, Math.min(text.length, from + end - start)),
      note,
      entry,
    };
  }

  /** Of the value; of the nearest thing around it where there is none. */
  #range(path: Path): Range {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.#document.getIn(path.slice(0, length), true);
      const range = isNode(node) ? node.range : null;
      if (!range) continue;
      if (length === path.length) return [range[0], range[1]];
      // Something is missing in it: its first line says where.
      const newline = this.#text.indexOf('\n', range[0]);
      return [range[0], newline < 0 ? range[1] : Math.min(newline, range[1])];
    }
    return [0, 0];
  }

  #keyRange(path: Path): Range {
    const around =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    const pair = isMap(around)
      ? around.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1))
      : undefined;
    const key = pair?.key;
    return isNode(key) && key.range ? [key.range[0], key.range[1]] : this.#range(path);
  }
}

function entryOf(path: Path): string {
  return path.slice(0, 2).map(String).join('.');
}
