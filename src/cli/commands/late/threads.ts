/** A line for each thread: how long it waited for CPUs, and how late it was. All quantiles are in the JSON. */
import type { WatchedLate } from '../../../model/late/watched.ts';
import { formatCount, formatDuration, formatShort } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { type Column, tableLines } from '../../output/table.ts';

const NAME_WIDTH = 15;

export function threadLines({ summary, obtainedBy }: WatchedLate, look: Look): string[] {
  const dash = look.unicode ? '—' : '-';
  const byEvents = obtainedBy !== 'proc';
  const short = (ns: number | null) => (ns === null ? dash : formatShort(ns, look.unicode));
  const threads = summary.threads.filter((one) => one.switches > 0 || one.runDelayNs > 0);
  const rows = threads.map((one) => [
    `${one.task.tid}`,
    cutMiddle(safeName(one.task.comm), NAME_WIDTH, look.unicode),
    formatDuration(one.runDelayNs, look.unicode),
    [one.p50Ns, one.p99Ns, one.p999Ns, one.maxNs].map(short).join(' / '),
    byEvents ? formatCount(one.moments) : dash,
    byEvents ? formatDuration(one.lateNs, look.unicode) : dash,
  ]);
  return rows.length === 0 ? [] : tableLines(columns(look), rows);
}

function columns(look: Look): Column[] {
  return [
    { title: '  TID', align: 'right' },
    { title: look.say({ en: 'thread', ko: '스레드' }) },
    { title: look.say({ en: 'run delay', ko: '실행 지연' }), align: 'right' },
    { title: 'p50 / p99 / p99.9 / max', align: 'right' },
    { title: look.say({ en: 'late', ko: '횟수' }), align: 'right' },
    { title: look.say({ en: 'time', ko: '시간' }), align: 'right' },
  ];
}
