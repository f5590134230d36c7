/** What was done and cannot be undone, as a line of the journal: so that it says later what happened, and when. */
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import { type Workshop, withLock } from './workshop.ts';

/** The id in the journal, or why it is not in it. */
export type Noted = { readonly id: string } | { readonly because: Sentence };

/**
 * Afterwards, and never in the way of what was done: a journal that cannot be written is no error here.
 * @param command for people, and to be typed again: "warm arena"
 * @param note in English: "brought in 64 MiB"
 */
export async function noteDone(workshop: Workshop, command: string, note: string): Promise<Noted> {
  const { journal } = workshop;
  try {
    return await withLock(workshop, async () => {
      await journal.prune(workshop.clock.unixMs());
      const id = journal.nextId();
      const log = journal.create(id);
      try {
        log.append({
          record: 'planned',
          id,
          bootId: workshop.bootId,
          at: workshop.now(),
          by: workshop.self,
          command,
          steps: [],
          processes: [],
          coversAll: false,
          dueBootNs: null,
        });
        log.append({ record: 'done', at: workshop.now(), note });
      } finally {
        log.close();
      }
      return { id };
    });
  } catch (error) {
    if (error instanceof KeelError && /^E_(IO|CONFLICT|INTERRUPTED)$/.test(error.code)) {
      return { because: error.parts.what };
    }
    throw error;
  }
}
