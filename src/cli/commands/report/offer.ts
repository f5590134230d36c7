/** At the end of a report, on a terminal: the change it advises, by the command that makes it, which shows and asks. */
import { keelCommand, type Recommended } from '../../../app/recommend-placement.ts';
import { KeelError } from '../../../base/errors.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { shellWord } from '../../../base/shell-word.ts';
import type { Context, Output } from '../../command.ts';
import { findCommand } from '../../find-command.ts';
import { parseLine } from '../../parse.ts';

export interface Offer {
  /** Of keel, as typed. */
  readonly words: readonly string[];
  readonly why: Sentence;
}

/** A proof goes before a guess; null where there is nothing to change, or it is in force already. */
export function offerOf(recommended: Recommended): Offer | null {
  const { tried, measured } = recommended;
  const [proven] = tried.helps;
  if (proven !== undefined) {
    if (tried.inForce !== null) return null;
    const words = ['optimize', String(measured.target.tgid), '--apply', proven.candidate.name];
    return { words, why: { en: 'Proven by a trial', ko: '시험에서 입증됨' } };
  }
  // Made of a PID, cpulists and names of settings: none has a space.
  const words = keelCommand(recommended)?.split(' ').slice(1);
  const why = { en: 'Advised, not tried; ends by itself', ko: '시험하지 않은 조언. 저절로 끝남' };
  return words === undefined ? null : { words, why };
}

export function offerLine({ words, why }: Offer): Sentence {
  const line = ['keel', ...words.map(shellWord)].join(' ');
  return { en: `${why.en}: ${line}`, ko: `${why.ko}: ${line}` };
}

/**
 * Runs the line as if it were typed: its plan, its question, its undo.
 * @returns null where it cannot be made here; that was told, and the report is there all the same
 */
export async function takeOffer({ words }: Offer, context: Context): Promise<Output | null> {
  const [name = '', ...rest] = words;
  const command = await findCommand(name).load();
  const { args, beforeDashes, options } = parseLine(command, rest);
  try {
    return await command.run({ args, beforeDashes, options: options as never, context, json: false });
  } catch (error) {
    if (!(error instanceof KeelError) || error.code === 'E_INTERRUPTED') throw error;
    context.note(error.parts.what);
    return null;
  }
}
