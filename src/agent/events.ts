/** What the agent has to say of itself: for its log, its journal, whoever runs it by hand. */
import type { Sentence } from '../base/sentence.ts';

export type Level = 'info' | 'warning' | 'error';

export type Field = null | boolean | number | string | readonly string[];

export interface AgentEvent {
  readonly level: Level;
  /** A stable name, for programs: `incident`, `delivery`, `reload`, ... */
  readonly event: string;
  readonly unixMs: number;
  readonly text: Sentence;
  readonly fields: Readonly<Record<string, Field>>;
}

/**
 * Takes secrets out of a text, whoever put them there: a receiver may quote our key in its answer, a library in its error.
 * What is shorter than this is no secret, and would be found in ordinary words.
 */
const SHORTEST_SECRET = 6;

export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      clean = clean.replaceAll(form, '[secret]');
    }
  }
  return clean;
}
