/** What many commands share and a user may ask about: `keel help cpusets`. Also a section of the man page. */
import type { Sentence } from '../../base/sentence.ts';

export interface Topic {
  /** As typed: `cpusets`. */
  readonly name: string;
  readonly title: Sentence;
  readonly text: Sentence;
  readonly rows: readonly TopicRow[];
  /** What remains to be said below the rows. */
  readonly notes?: Sentence;
}

export interface TopicRow {
  readonly term: string;
  readonly means: Sentence;
}
