/** The table of threads of `keel analyze`. */
import { isMissing, type Maybe } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { ClassifiedThread } from '../../../diagnosis/classify.ts';
import type { ThreadRole } from '../../../model/workload.ts';
import { formatPct, significant } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { type Column, tableLines } from '../../output/table.ts';

const ROLES: Readonly<Record<ThreadRole, Sentence>> = {
  tick: { en: 'tick', ko: '틱' },
  worker: { en: 'worker', ko: '작업' },
  storage: { en: 'storage', ko: '저장 장치' },
  helper: { en: 'helper', ko: '보조' },
  asleep: { en: 'asleep', ko: '쉼' },
};

const NAME_CELLS = 15;

export function threadLines(threads: readonly ClassifiedThread[], show: number, look: Look): string[] {
  if (threads.length < 2) return [];
  const columns: readonly Column[] = [
    { title: 'TID', align: 'right' },
    { title: look.say({ en: 'thread', ko: '스레드' }) },
    { title: look.say({ en: 'role', ko: '역할' }) },
    { title: look.say({ en: 'run', ko: '실행' }), align: 'right' },
    { title: look.say({ en: 'delay', ko: '지연' }), align: 'right' },
    { title: look.say({ en: 'wakes/s', ko: '깨어남/s' }), align: 'right' },
    { title: look.say({ en: 'moves/s', ko: '이동/s' }), align: 'right' },
    { title: look.say({ en: 'class', ko: '유형' }) },
  ];
  const dash = look.unicode ? '—' : '-';
  const cell = (value: Maybe<number>, format: (value: number) => string) =>
    isMissing(value) ? dash : format(value);
  const rows = threads
    .slice(0, show)
    .map(({ work, role, class: kind }) => [
      `${work.tid}`,
      cutMiddle(safeName(work.comm), NAME_CELLS, look.unicode),
      look.say(ROLES[role]),
      cell(work.runPct, formatPct),
      cell(work.runDelayPct, formatPct),
      cell(work.wakeUpsPerSec, significant),
      cell(work.migrationsPerSec, significant),
      kind,
    ]);
  return [...tableLines(columns, rows), ...moreLine(threads.length, rows.length, look)];
}
