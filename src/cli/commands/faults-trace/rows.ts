/** One fault of `keel faults trace`: as a line, as CSV, as JSON. */
import type { FollowedFault } from '../../../app/follow-faults.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { CAUSE_NAMES, ERROR_CODE, type FaultCause } from '../../../model/faults/cause.ts';
import { homeNode, isRemoteHome } from '../../../model/faults/page-nodes.ts';
import type { MappingKind } from '../../../model/faults/places.ts';
import { frameLabel } from '../../../model/stacks/names.ts';
import type { Json } from '../../command.ts';
import { formatBytes, formatShort, formatTimeOfDay } from '../../output/format.ts';
import { cutMiddle, type Look, padEnd, padStart, safeName, cells as widthOf } from '../../output/look.ts';

export const CSV_HEADER = [
  'time',
  'monotonicNs',
  'tgid',
  'tid',
  'comm',
  'cpu',
  'kind',
  'latencyNs',
  'cause',
  'address',
  'mapping',
  'path',
  'fileOffset',
  'pageBytes',
  'function',
  'binary',
  'node',
  'remote',
] as const;

/** Columns before the place; it takes what is left of the line. */
const WIDTHS = { time: 12, latency: 7, kind: 5, cause: 16, tid: 7, comm: 8 } as const;
const GAPS = 6;
const LEAST_PLACE = 10;
const LEAST_CODE = 9;
/** Where there is room, names of threads are shown in full: 15 letters. */
const WIDE_COMM = 15;
const WIDE_FROM = 100;

/** Where the full name is too long for a column. */
const SHORT_CAUSES: Readonly<Partial<Record<FaultCause, Sentence>>> = {
  'first-touch-or-copy': { en: 'touch or copy', ko: '첫 접근/복사' },
  'zero-page': { en: 'untouched, read', ko: '미사용 읽기' },
  'page-cache-map': { en: 'cached file page', ko: '캐시된 페이지' },
  blocked: { en: 'slept, unknown', ko: '대기, 미확인' },
};

export function headLine(look: Look): string {
  const say = (en: string, ko: string) => look.say({ en, ko });
  return columns(
    [say('time', '시각'), say('latency', '지연'), say('kind', '종류'), say('cause', '원인'), 'TID'],
    say('thread', '스레드'),
    { full: say('where', '위치'), short: '' },
    say('function', '함수'),
    look,
  ).trimEnd();
}

export function faultLine(fault: FollowedFault, look: Look): string {
  const ms = String(Math.floor(fault.unixMs % 1000)).padStart(3, '0');
  const cause = SHORT_CAUSES[fault.cause] ?? CAUSE_NAMES[fault.cause];
  const time = `${formatTimeOfDay(fault.unixMs)}.${ms}`;
  const latency = formatShort(fault.latencyNs, look.unicode);
  const comm = safeName(fault.comm ?? (look.unicode ? '—' : '-'));
  const line = columns(
    [time, latency, fault.kind, look.say(cause), String(fault.tid)],
    comm,
    placeText(fault, look),
    codeText(fault),
    look,
  );
  return fault.kind === 'major' ? look.colors.yellow(line) : line;
}

interface Place {
  readonly full: string;
  readonly short: string;
}

/** @param place and code share what is left of the line, the code at least LEAST_CODE of it */
function columns(cells: readonly string[], comm: string, place: Place, code: string, look: Look): string {
  const [time = '', latency = '', kind = '', cause = '', tid = ''] = cells;
  const commWidth = look.width >= WIDE_FROM ? WIDE_COMM : WIDTHS.comm;
  const { comm: _, ...others } = WIDTHS;
  const used = Object.values(others).reduce((sum, width) => sum + width, commWidth + GAPS);
  const rest = Math.max(LEAST_PLACE, look.width - used);
  const codeWidth = Math.min(widthOf(code), Math.max(LEAST_CODE, rest - 1 - widthOf(place.full)));
  const placeWidth = rest - (codeWidth === 0 ? 0 : codeWidth + 1);
  const where = widthOf(place.full) <= placeWidth ? place.full : place.short;
  return [
    padEnd(time, WIDTHS.time),
    padStart(latency, WIDTHS.latency),
    padEnd(kind, WIDTHS.kind),
    padEnd(cutMiddle(cause, WIDTHS.cause, look.unicode), WIDTHS.cause),
    padStart(tid, WIDTHS.tid),
    padEnd(cutMiddle(comm, commWidth, look.unicode), commWidth),
    cutMiddle(where, placeWidth, look.unicode),
    cutMiddle(code, codeWidth, look.unicode),
  ]
    .join(' ')
    .trimEnd();
}

const KIND_NAMES: Readonly<Record<Exclude<MappingKind, 'file' | 'shared-memory'>, Sentence>> = {
  heap: { en: '[heap]', ko: '[힙]' },
  stack: { en: '[stack]', ko: '[스택]' },
  anonymous: { en: 'memory', ko: '메모리' },
  kernel: { en: '[kernel]', ko: '[커널]' },
  unknown: { en: '?', ko: '?' },
};

/** `arena_03.pak@58.1 MiB`, with the whole path on wide lines; without the offset where only the name has room. */
function placeText({ place, fileOffset }: FollowedFault, look: Look): Place {
  if (place.kind !== 'file' && place.kind !== 'shared-memory') {
    const name = look.say(KIND_NAMES[place.kind]);
    return { full: name, short: name };
  }
  const file = safeName(place.path.replace(/^.*\//s, ''));
  const name = look.width >= WIDE_FROM ? safeName(place.path) : file;
  return { full: fileOffset === null ? name : `${name}@${formatBytes(fileOffset)}`, short: file };
}

/** The function that faulted; its file, where it has no name. */
function codeText({ code }: FollowedFault): string {
  return code === null ? '' : safeName(frameLabel(code));
}

export function faultJson(fault: FollowedFault): Record<string, Json> {
  const { tgid, tid, comm, cpu, kind, latencyNs, sleptNs, cause, errorCode, pageBytes, place, code } = fault;
  return {
    time: new Date(fault.unixMs).toISOString(),
    monotonicNs: String(fault.monotonicNs),
    tgid,
    tid,
    comm,
    cpu,
    kind,
    latencyNs,
    slept: sleptNs > 0,
    cause,
    mode: errorCode === null ? null : (errorCode & ERROR_CODE.user) !== 0 ? 'user' : 'kernel',
    errorCode,
    address: hex(fault.address),
    pageBytes,
    ...nodeJson(fault),
    mapping: { kind: place.kind, path: place.path, fileOffset: fault.fileOffset },
    code: code === null ? null : { function: code.function, binary: code.binary, offset: code.offset },
  };
}

/** Of the page, and whether the CPU is of another node. */
function nodeJson({ home }: FollowedFault) {
  const node = homeNode(home);
  return { node, remote: node === null ? null : isRemoteHome(home) };
}

export function faultCsv(fault: FollowedFault): (string | number | null)[] {
  const { tgid, tid, comm, cpu, kind, latencyNs, cause, pageBytes, place } = fault;
  const time = new Date(fault.unixMs).toISOString();
  const at = [place.kind, place.path, fault.fileOffset];
  const by = [fault.code?.function ?? null, fault.code?.binary ?? null];
  const who = [time, String(fault.monotonicNs), tgid, tid, comm, cpu];
  const { node, remote } = nodeJson(fault);
  const home = [node, remote === null ? null : String(remote)];
  return [...who, kind, latencyNs, cause, hex(fault.address), ...at, pageBytes, ...by, ...home];
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
