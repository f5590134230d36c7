/** How events of the history look: their kind in words, a letter, a colour. */
import type { Sentence } from '../../base/sentence.ts';
import { lookOf } from '../causes.ts';
import { language, say } from '../language.ts';
import type { PastEvent } from './documents.ts';

export function eventText({ text, textKo }: PastEvent): string {
  return language.value === 'ko' ? textKo : text;
}

const KINDS: Readonly<Record<string, Sentence>> = {
  finding: { en: 'finding', ko: '발견' },
  late: { en: 'late moment', ko: '늦은 순간' },
  'slow-fault': { en: 'slow fault', ko: '느린 폴트' },
  change: { en: 'change', ko: '변경' },
  ended: { en: 'ended', ko: '종료' },
  trouble: { en: 'not recorded', ko: '기록 안 됨' },
};

export function kindName(kind: string): string {
  return say(KINDS[kind] ?? { en: kind, ko: kind });
}

/** These are as long as something: they are drawn by it. */
export function hasLength({ kind }: PastEvent): boolean {
  return kind === 'late' || kind === 'slow-fault';
}

export interface EventLook {
  readonly letter: string;
  readonly className: string;
}

export function eventLook({ kind, details }: PastEvent): EventLook {
  if (kind === 'late') return lookOf(String(details?.cause ?? 'unexplained'));
  if (kind === 'slow-fault') return lookOf('page-fault');
  const mark = details?.mark;
  if (kind === 'finding') return { letter: typeof mark === 'string' ? mark : '!', className: 'c-finding' };
  if (kind === 'change') return { letter: '±', className: 'c-change' };
  return { letter: kind === 'ended' ? '×' : '!', className: 'c-none' };
}
