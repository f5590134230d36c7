/** A report as data: what it says, in order, before it is HTML or Markdown. */
import type { Sentence } from '../base/sentence.ts';

export interface Figure {
  readonly value: string;
  readonly name: Sentence;
}

export interface TableColumn {
  readonly title: Sentence;
  readonly align: 'left' | 'right';
}

export type Block =
  | { readonly kind: 'text'; readonly text: Sentence }
  | {
      readonly kind: 'table';
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly Sentence[])[];
      /** Below a line; as many cells as there are columns. */
      readonly total: readonly Sentence[] | null;
    }
  /** Lines to be pasted, as they are. */
  | { readonly kind: 'lines'; readonly title: Sentence; readonly lines: readonly string[] }
  /** A whole document of SVG. */
  | { readonly kind: 'picture'; readonly svg: string; readonly describes: Sentence };

export interface Section {
  readonly title: Sentence;
  readonly blocks: readonly Block[];
}

export interface Page {
  readonly title: Sentence;
  /** The answer, in one sentence. */
  readonly verdict: Sentence;
  /** What holds for the machine as a whole; null where nothing does. */
  readonly second: Sentence | null;
  /** When, what, on which machine: one line. */
  readonly about: Sentence;
  readonly figures: readonly Figure[];
  readonly sections: readonly Section[];
  /** What all of it was made from: JSON. */
  readonly data: unknown;
}
