/** One row of `keel faults top`: in the table, as CSV, as JSON. */
import { plural, type Sentence } from '../../../base/sentence.ts';
import { CAUSE_NAMES } from '../../../model/faults/cause.ts';
import type { MappingKind } from '../../../model/faults/places.ts';
import type { TopOrder, TopRow, TopSubject } from '../../../model/faults/top.ts';
import type { Json } from '../../command.ts';
import { formatCount, formatDuration, formatShort } from '../../output/format.ts';
import { cells, cutMiddle, type Look, safeName } from '../../output/look.ts';
import { type Column, tableLines } from '../../output/table.ts';

export const CSV_HEADER = [
  'time',
  'elapsedNs',
  'tgid',
  'comm',
  'unit',
  'cgroup',
  'mapping',
  'path',
  'processes',
  'minor',
  'major',
  'stallNs',
  'p99BelowNs',
  'mainCause',
] as const;

const LEAST_NAME = 12;
const WIDE_FROM = 100;

export function rowTable(rows: readonly TopRow[], order: TopOrder, look: Look): string[] {
  const say = (en: string, ko: string) => look.say({ en, ko });
  const hasCauses = rows.some((row) => row.mainCause !== null);
  // On narrow lines the cause says more than what major leaves of the faults.
  const hasMinor = !hasCauses || look.width >= WIDE_FROM;
  const columns: Column[] = [
    { title: say('stall/s', '멈춤/초'), align: 'right' },
    { title: say('faults/s', '폴트/초'), align: 'right' },
    ...(hasMinor ? [{ title: say('minor', 'minor'), align: 'right' as const }] : []),
    { title: say('major', 'major'), align: 'right' },
    { title: say('p99 below', 'p99 미만'), align: 'right' },
    ...(hasCauses ? [{ title: say('main cause', '주된 원인') }] : []),
  ];
  const numbers = rows.map((row) => numberCells(row, { hasCauses, hasMinor }, look));
  const used = tableLines(columns, numbers).reduce((most, line) => Math.max(most, cells(line)), 0);
  const hasUnits = order !== 'file' && order !== 'cgroup' && rows.some((row) => row.subject.unit !== null);
  const rest = Math.max(LEAST_NAME, look.width - used - 2);
  const unitWidth = hasUnits ? Math.floor((rest - 2) / 2) : 0;
  const nameWidth = rest - (hasUnits ? unitWidth + 2 : 0);
  const name = (row: TopRow) => cutMiddle(subjectText(row.subject, look), nameWidth, look.unicode);
  const unit = (row: TopRow) => cutMiddle(safeName(row.subject.unit ?? ''), unitWidth, look.unicode);
  const title = look.say(TITLES[order]);
  return tableLines(
    [...columns, { title }, ...(hasUnits ? [{ title: say('unit', '유닛') }] : [])],
    rows.map((row, i) => [...(numbers[i] ?? []), name(row), ...(hasUnits ? [unit(row)] : [])]),
  );
}

const PROCESS: Sentence = { en: 'process', ko: '프로세스' };
const TITLES: Readonly<Record<TopOrder, Sentence>> = {
  stall: PROCESS,
  minor: PROCESS,
  major: PROCESS,
  process: PROCESS,
  cgroup: { en: 'cgroup', ko: 'cgroup' },
  file: { en: 'where', ko: '위치' },
};

interface Shown {
  readonly hasCauses: boolean;
  readonly hasMinor: boolean;
}

function numberCells(row: TopRow, { hasCauses, hasMinor }: Shown, look: Look): string[] {
  const dash = look.unicode ? '—' : '-';
  const time = (ns: number | null, format: typeof formatDuration) =>
    ns === null ? dash : format(ns, look.unicode);
  return [
    time(row.stallNsPerSec, formatDuration),
    formatCount(Math.round(row.minorPerSec + row.majorPerSec)),
    ...(hasMinor ? [formatCount(row.minor)] : []),
    formatCount(row.major),
    time(row.p99BelowNs, formatShort),
    ...(hasCauses ? [row.mainCause === null ? dash : look.say(CAUSE_NAMES[row.mainCause])] : []),
  ];
}

const KIND_NAMES: Readonly<Record<MappingKind, Sentence>> = {
  file: { en: 'file', ko: '파일' },
  heap: { en: '[heap]', ko: '[힙]' },
  stack: { en: '[stack]', ko: '[스택]' },
  anonymous: { en: 'anonymous memory', ko: '익명 메모리' },
  'shared-memory': { en: 'shared memory', ko: '공유 메모리' },
  kernel: { en: 'kernel page', ko: '커널 페이지' },
  unknown: { en: 'no mapping known', ko: '알려지지 않은 매핑' },
};

function subjectText({ tgid, comm, cgroup, place, processes }: TopSubject, look: Look): string {
  if (place !== null) {
    const hasPath = place.kind === 'file' || place.kind === 'shared-memory';
    return hasPath ? safeName(place.path) : look.say(KIND_NAMES[place.kind]);
  }
  if (tgid !== null && comm !== null) return `${safeName(comm)} ${tgid}`;
  const count = { en: plural(processes, 'process', 'processes'), ko: `프로세스 ${formatCount(processes)}개` };
  if (cgroup === null) return look.say({ en: `${count.en} that ended`, ko: `끝난 ${count.ko}` });
  return `${safeName(cgroup)} (${look.say(count)})`;
}

export function rowJson({ subject, buckets: _, stallByCause, ...row }: TopRow): Json {
  return { ...subject, place: subject.place === null ? null : { ...subject.place }, ...row, stallByCause };
}

export function rowCsv(
  { subject, minor, major, stallNs, p99BelowNs, mainCause }: TopRow,
  time: string,
  elapsedNs: number,
): (string | number | null)[] {
  const { tgid, comm, unit, cgroup, place, processes } = subject;
  const who = [tgid, comm, unit, cgroup, place?.kind ?? null, place?.path ?? null, processes];
  return [time, elapsedNs, ...who, minor, major, stallNs, p99BelowNs, mainCause];
}
