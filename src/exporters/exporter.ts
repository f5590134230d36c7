/** A format that other programs read. */
import type { Language, Sentence } from '../base/sentence.ts';
import type { FaultProfile } from '../model/faults/profile.ts';

export interface ExportOptions {
  /** Of pages for people; formats for programs are the same in every language. */
  readonly language: Language;
  readonly startedUnixMs: number;
}

export type Export = (profile: FaultProfile, options: ExportOptions) => string | Uint8Array;

/** A line of the registry. */
export interface ExporterEntry {
  /** As its option is called. */
  readonly name: string;
  readonly describe: Sentence;
  readonly load: () => Promise<Export>;
}
