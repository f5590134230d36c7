/** At the end of a report, on a terminal: the change it advises, by the command that makes it, which shows and asks. */
import { keelCommands, type Recommended } from '../../../app/recommend-placement.ts';
import { KeelError } from '../../../base/errors.ts';
import { safeName } from '../../../base/safe-name.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { shellWord } from '../../../base/shell-word.ts';
import type { GroupMove } from '../../../placement/proposal.ts';
import type { Context, Output } from '../../command.ts';
import { findCommand } from '../../find-command.ts';
import { parseLine } from '../../parse.ts';

export interface Offer {
  /** Of keel, as typed. */
  readonly words: readonly string[];
  readonly why: Sentence;
  /** What it changes: it need not be the process that the report is about. */
  readonly whom: readonly string[];
}

/** A proof goes before a guess; null where there is nothing to change, or it is in force already. */
export function offerOf(recommended: Recommended): Offer | null {
  const { tried, measured } = recommended;
  const [proven] = tried.helps;
  if (proven !== undefined) {
    if (tried.inForce !== null) return null;
    const words = ['optimize', String(measured.target.tgid), '--apply', proven.candidate.name];
    const { moves, groups } = proven.candidate;
    const whom = [...moves.map(({ process }) => nameOf(process)), ...groups.map(groupName)];
    return { words, whom: distinct(whom), why: { en: 'Proven by a trial', ko: '시험에서 입증됨' } };
  }
  // Made of a PID, cpulists and names of settings: none has a space. Several are for the reader, not for one question.
  const [line, ...more] = keelCommands(recommended);
  const words = more.length > 0 ? undefined : line?.split(' ').slice(1);
  const why = { en: 'Advised, not tried; ends by itself', ko: '시험하지 않은 조언. 저절로 끝남' };
  const { choice } = recommended.recommendation;
  if (words === undefined || choice === null) return null;
  // keel shield moves everybody else away, so that it is about all others.
  const isShield = choice.moves.some(({ away }) => away !== undefined);
  return { words, why, whom: isShield ? [] : distinct(choice.moves.map(nameOf)) };
}

function nameOf({ comm, tgid }: { readonly comm: string; readonly tgid: number }): string {
  return `${safeName(comm)} ${tgid}`;
}

function groupName(group: GroupMove): string {
  switch (group.kind) {
    case 'quota':
      return safeName(group.cgroup);
    case 'idle-cgroup':
      return safeName(group.unit ?? group.cgroup);
    case 'autogroup':
      return nameOf(group);
  }
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

const MOST_NAMES = 3;

/** "changes zstd 9917 and 2 more" */
function whomSentence(whom: readonly string[]): Sentence {
  if (whom.length === 0) return { en: 'changes the other processes', ko: '다른 프로세스들을 바꿈' };
  const [named, more] = [whom.slice(0, MOST_NAMES).join(', '), whom.length - MOST_NAMES];
  return more > 0
    ? { en: `changes ${named} and ${more} more`, ko: `${named} 외 ${more}개를 바꿈` }
    : { en: `changes ${named}`, ko: `${named}을(를) 바꿈` };
}

export function offerLine({ words, why, whom }: Offer): Sentence {
  const line = ['keel', ...words.map(shellWord)].join(' ');
  const changes = whomSentence(whom);
  return { en: `${why.en}; ${changes.en}: ${line}`, ko: `${why.ko}. ${changes.ko}: ${line}` };
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
