/** `keel locks` as lines for people. */
import { hintFor, isMissing } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { Limit } from '../../../kernel/task/limits.ts';
import {
  CRITICAL_PCT,
  type LockedMemory,
  type LockedProcess,
  type LockWarning,
  lockedSharePct,
  lockWarnings,
  WARNING_PCT,
} from '../../../model/locked-memory.ts';
import { nextCommandOn } from '../../next-command.ts';
import { formatBytes, formatPct, formatTimeOfDay } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { adviceLines } from './advice.ts';

export interface View {
  /** Most processes to list. */
  readonly show: number;
  /** One process was asked for: its limit and what to know before locking. */
  readonly advise: boolean;
  readonly sysroot: string | undefined;
}

const NAME_WIDTH = 24;
const UNIT_WIDTH = 20;

export function locksLines(locks: LockedMemory, { show, advise, sysroot }: View, look: Look): string[] {
  const { processes } = locks;
  const text = (sentence: Sentence) => wrap(look.say(sentence), look.width);
  return [
    ...wrap(look.colors.bold(machineText(locks, look)), look.width),
    ...(processes.length === 0 ? text(NOBODY) : processTable(processes.slice(0, show), look)),
    ...moreLine(processes.length, Math.min(show, processes.length), look),
    ...(processes.some(({ lockedVirtualBytes }) => lockedVirtualBytes > 0) ? text(TWO_COLUMNS) : []),
    ...warningLines(locks, look),
    ...gapLines(locks, look),
    ...(advise ? processes.flatMap((process) => adviceLines(process, look)) : []),
    ...(advise || processes.length === 0 ? [] : nextLine(processes[0] as LockedProcess, sysroot, look)),
  ];
}

function nextLine({ tgid }: LockedProcess, sysroot: string | undefined, look: Look): string[] {
  return [`${look.say({ en: 'Next', ko: '다음' })}: ${nextCommandOn(`keel locks ${tgid}`, sysroot)}`];
}

/** One line of a series, and one for each warning. */
export function shortLines(locks: LockedMemory, unixMs: number, show: number, look: Look): string[] {
  const top = locks.processes
    .slice(0, show)
    .map((one) => `${safeName(one.comm)} ${one.tgid} ${formatBytes(one.lockedVirtualBytes)}`);
  const line = [`${formatTimeOfDay(unixMs)}  ${shareText(locks, look)}`, ...top].join('  ');
  return [...wrap(line, look.width), ...warningLines(locks, look)];
}

const NOBODY: Sentence = {
  en: 'No process that may be looked at keeps so much locked (--min 0 shows all).',
  ko: '볼 수 있는 프로세스 중 이만큼 잠근 것이 없습니다 (--min 0이면 모두 표시).',
};

const TWO_COLUMNS: Sentence = {
  en: 'VmLck counts address space, also pages never touched; the second column is what is there.',
  ko: 'VmLck는 주소 공간이라 쓰지 않은 페이지도 셉니다. 둘째 열이 실제로 상주하는 양입니다.',
};

function shareText({ machine }: LockedMemory, look: Look): string {
  const dash = look.unicode ? '—' : '-';
  const bytes = (value: number | null) => (value === null ? dash : formatBytes(value));
  const locked = isMissing(machine) ? dash : bytes(machine.mlockedBytes);
  const total = isMissing(machine) ? dash : bytes(machine.totalBytes);
  const share = lockedSharePct(machine);
  const pct = share === null ? dash : formatPct(share);
  return look.say({ en: `${locked} locked of ${total} (${pct})`, ko: `${total} 중 ${locked} 잠김 (${pct})` });
}

function machineText(locks: LockedMemory, look: Look): string {
  const limits = look.say({
    en: `warning at ${WARNING_PCT} %, critical at ${CRITICAL_PCT} %`,
    ko: `경고 ${WARNING_PCT} %, 위험 ${CRITICAL_PCT} %`,
  });
  return `${shareText(locks, look)}; ${unevictableText(locks, look)}${limits}`;
}

/** What nothing can take back, for whatever reason: locked, or of ramfs, SHM_LOCK, secretmem, or the kernel's own. */
function unevictableText({ machine }: LockedMemory, look: Look): string {
  if (isMissing(machine) || machine.unevictableBytes === null) return '';
  const bytes = formatBytes(machine.unevictableBytes);
  return `${look.say({ en: `${bytes} unevictable`, ko: `회수 불가 ${bytes}` })}; `;
}

function processTable(processes: readonly LockedProcess[], look: Look): string[] {
  const dash = look.unicode ? '—' : '-';
  const hasUnits = processes.some((process) => process.unit !== null);
  const rows = processes.map((process) => [
    cutMiddle(`${safeName(process.comm)} ${process.tgid}`, NAME_WIDTH, look.unicode),
    ...(hasUnits ? [cutMiddle(safeName(process.unit ?? dash), UNIT_WIDTH, look.unicode)] : []),
    formatBytes(process.lockedVirtualBytes),
    isMissing(process.pages) ? dash : formatBytes(process.pages.residentBytes),
    limitText(process, look),
  ]);
  return tableLines(
    [
      { title: look.say({ en: 'process', ko: '프로세스' }) },
      ...(hasUnits ? [{ title: look.say({ en: 'unit', ko: '유닛' }) }] : []),
      { title: 'VmLck', align: 'right' },
      { title: look.say({ en: 'and resident', ko: '그중 상주' }), align: 'right' },
      { title: look.say({ en: 'limit soft/hard', ko: '한도 소프트/하드' }), align: 'right' },
    ],
    rows,
  ).map((line) => `  ${line}`);
}

function limitText({ limit, isExempt }: LockedProcess, look: Look): string {
  if (isExempt === true) return look.say({ en: 'not bound', ko: '적용 안 됨' });
  if (isMissing(limit)) return look.unicode ? '—' : '-';
  const amount = (value: Limit['soft']) =>
    value === 'unlimited' ? look.say({ en: 'none', ko: '없음' }) : formatBytes(Number(value));
  return `${amount(limit.soft)}/${amount(limit.hard)}`;
}

function warningLines(locks: LockedMemory, look: Look): string[] {
  return lockWarnings(locks).flatMap((warning) => {
    const paint = warning.kind === 'machine-critical' ? look.colors.red : look.colors.yellow;
    return wrap(`! ${look.say(warningText(warning))}`, look.width).map((line) => paint(line));
  });
}

function warningText({ kind, comm, tgid, sharePct }: LockWarning): Sentence {
  const pct = formatPct(sharePct);
  const name = `${safeName(comm ?? '')} ${tgid}`;
  switch (kind) {
    case 'machine-critical':
      return {
        en: `critical: ${pct} of the memory is locked; what is left may not be enough, and processes get killed`,
        ko: `위험: 메모리의 ${pct}가 잠겼습니다. 남은 메모리가 모자라면 프로세스가 강제로 종료됩니다`,
      };
    case 'machine-warning':
      return {
        en: `warning: ${pct} of the memory is locked and cannot be reclaimed`,
        ko: `경고: 메모리의 ${pct}가 잠겨 회수할 수 없습니다`,
      };
    case 'limit-reached':
      return {
        en: `${name} has used up its limit (${pct}): its next lock fails with ENOMEM`,
        ko: `${name}: 한도를 다 썼습니다(${pct}). 더 잠그면 ENOMEM으로 실패합니다`,
      };
    case 'limit-near':
      return { en: `${name} is at ${pct} of its limit`, ko: `${name}: 한도의 ${pct}입니다` };
  }
}

function gapLines({ processes, unreadable }: LockedMemory, look: Look): string[] {
  const missing = processes.map((process) => process.pages).find(isMissing);
  const lines: Sentence[] = [];
  if (missing !== undefined) {
    const hint = hintFor(missing.missing);
    lines.push({ en: `— and resident: ${hint.en}`, ko: `— 그중 상주: ${hint.ko}` });
  }
  if (unreadable > 0) {
    lines.push({
      en: `${unreadable} processes could not be read`,
      ko: `프로세스 ${unreadable}개는 읽을 수 없었습니다`,
    });
  }
  return lines.flatMap((line) => wrap(look.say(line), look.width)).map(look.colors.dim);
}
