/** What is said where a target is not one process: none, several, a thread, an expression that cannot be used. */
import { KeelError } from '../base/errors.ts';
import { hintFor, type Missing, orNull } from '../base/missing.ts';
import { nearest } from '../base/nearest.ts';
import { type Sentence, verbatim } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { uptime } from '../kernel/proc/uptime.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { commandLine, executable } from '../kernel/task/command.ts';
import { processList } from '../kernel/task/lists.ts';
import { processStat } from '../kernel/task/stat.ts';
import { programName, type TargetQuery, unitOf } from '../model/target.ts';
import type { FoundTarget } from './find-targets.ts';

const LISTED = 10;
const COMMAND_LETTERS = 32;

export function noMatch(host: Host, text: string, query: TargetQuery): KeelError {
  return new KeelError('E_GONE', { what: nothing(text, query), next: suggestions(host, query) });
}

function nothing(text: string, query: TargetQuery): Sentence {
  switch (query.kind) {
    case 'process':
      return { en: `no process ${query.tgid}`, ko: `프로세스 ${query.tgid}이(가) 없습니다` };
    case 'self':
      return { en: 'keel itself is not in a captured machine', ko: '캡처에는 keel 자신이 없습니다' };
    case 'pattern':
      return { en: `no command line matches ${text}`, ko: `${text}와 일치하는 명령줄이 없습니다` };
    case 'cgroup':
      return {
        en: `no process in cgroup ${query.path} or below`,
        ko: `cgroup ${query.path} 아래에 프로세스가 없습니다`,
      };
    case 'unit':
      return { en: `no process of unit ${query.name}`, ko: `유닛 ${query.name}의 프로세스가 없습니다` };
    default:
      return {
        en: `no process has the name or program "${text}" (exactly)`,
        ko: `이름이나 프로그램이 정확히 "${text}"인 프로세스가 없습니다`,
      };
  }
}

function suggestions(host: Host, query: TargetQuery): readonly Sentence[] {
  if (query.kind === 'name') {
    const near = nearest(query.name, names(host));
    return [
      ...(near === null ? [] : [{ en: `Did you mean: ${near}`, ko: `혹시: ${near}` }]),
      { en: 'To search command lines: /text/', ko: '명령줄에서 찾기: /텍스트/' },
    ];
  }
  if (query.kind === 'unit') {
    const near = nearest(query.name, units(host));
    return near === null ? [] : [{ en: `Did you mean: unit:${near}`, ko: `혹시: unit:${near}` }];
  }
  return [];
}

function names(host: Host): ReadonlySet<string> {
  const found = new Set<string>();
  for (const pid of listed(host)) {
    if (host.kind === 'live' && pid === process.pid) continue;
    const comm = orNull(host.read(processStat, { pid }))?.comm;
    const program = orNull(host.read(executable, { pid }));
    if (comm !== undefined) found.add(comm);
    if (program !== null) found.add(programName(program));
  }
  return found;
}

function units(host: Host): ReadonlySet<string> {
  const found = listed(host).map((pid) => unitOf(orNull(host.read(processCgroup, { pid })) ?? []));
  return new Set(found.filter((unit) => unit !== null));
}

function listed(host: Host): readonly number[] {
  return orNull(host.read(processList)) ?? [];
}

/** Each match with its unit, how it was called, and how much of a CPU it used since its start. */
export function severalMatch(
  host: Host,
  text: string,
  found: readonly FoundTarget[],
  command: string,
): KeelError {
  const shown = found.slice(0, LISTED);
  const width = Math.max(...shown.map((target) => String(target.tgid).length));
  const rows = shown.map((target) => matchLine(host, target, width));
  const rest = found.length - shown.length;
  const first = found[0]?.tgid ?? 0;
  return new KeelError('E_USAGE', {
    what: {
      en: `"${text}" matches ${found.length} processes, and ${command} needs one`,
      ko: `"${text}"와 일치하는 프로세스가 ${found.length}개이고, ${command}에는 하나가 필요합니다`,
    },
    next: [
      ...rows,
      ...(rest > 0 ? [{ en: `  and ${rest} more`, ko: `  그 밖에 ${rest}개` }] : []),
      {
        en: `Name one: keel ${command} ${first}     or take all: --all`,
        ko: `하나만: keel ${command} ${first}     모두: --all`,
      },
    ],
  });
}

function matchLine(host: Host, target: FoundTarget, width: number): Sentence {
  const at = { pid: target.tgid };
  const unit = unitOf(orNull(host.read(processCgroup, at)) ?? []);
  const words = orNull(host.read(commandLine, at));
  const line = words === null || words.length === 0 ? target.comm : words.join(' ');
  const cut = line.length > COMMAND_LETTERS ? `${line.slice(0, COMMAND_LETTERS - 2)}..` : line;
  const share = meanShare(host, target.tgid);
  const start = `  ${String(target.tgid).padStart(width)}  ${(unit ?? '-').slice(0, 22).padEnd(16)}  ${cut.padEnd(COMMAND_LETTERS)}`;
  if (share === null) return verbatim(start.trimEnd());
  return {
    en: `${start}  ${share} of one CPU`,
    ko: `${start}  CPU 한 개의 ${share}`,
  };
}

/** CPU time over the life of the process: no second look is needed, so it costs nothing. */
function meanShare(host: Host, pid: number): string | null {
  const stat = orNull(host.read(processStat, { pid }));
  const now = orNull(host.read(uptime));
  if (stat === null || now === null || now <= stat.startNs) return null;
  return `${((100 * Number(stat.userNs + stat.systemNs)) / Number(now - stat.startNs)).toFixed(0)} %`;
}

/** A thread's id where a process is needed. */
export function notAProcess(host: Host, tid: number, owner: number, command: string): KeelError {
  const comm = orNull(host.read(processStat, { pid: owner }))?.comm ?? '?';
  return new KeelError('E_USAGE', {
    what: {
      en: `${tid} is not a process but a thread of ${owner} (${comm})`,
      ko: `${tid}은(는) 프로세스가 아니라 ${owner}(${comm})의 스레드입니다`,
    },
    next: [
      {
        en: `The thread: keel ${command} tid:${tid}     the process: keel ${command} ${owner}`,
        ko: `스레드: keel ${command} tid:${tid}     프로세스: keel ${command} ${owner}`,
      },
    ],
  });
}

export function noThread(tid: number): KeelError {
  return new KeelError('E_GONE', { what: { en: `no thread ${tid}`, ko: `스레드 ${tid}이(가) 없습니다` } });
}

/** It is there, but its stat cannot be read or understood. */
export function unreadableProcess(tgid: number, { missing, path, detail = '' }: Missing): KeelError {
  return new KeelError(missing === 'denied' ? 'E_PRIVILEGE' : 'E_FORMAT', {
    what: { en: `${path} of process ${tgid}: ${detail}`, ko: `프로세스 ${tgid}의 ${path}: ${detail}` },
    next: [hintFor(missing)],
  });
}

export function unreadableCommandLines(text: string): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: `${text} searches command lines, and a captured machine holds none: they may hold secrets`,
      ko: `${text}은(는) 명령줄에서 찾지만, 캡처에는 비밀이 있을 수 있는 명령줄이 없습니다`,
    },
    next: [{ en: 'Use the id or the name of the process', ko: '프로세스의 ID나 이름을 사용하세요' }],
  });
}

export function patternTooSlow(text: string): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: `${text} does not come to an end on some command line`,
      ko: `${text}의 검색이 끝나지 않습니다`,
    },
    next: [
      {
        en: 'Repeats inside repeats, such as (a+)+, are tried in endless ways: write it without',
        ko: '(a+)+ 같은 중첩 반복은 경우의 수가 끝없이 늘어납니다. 중첩 없이 쓰세요',
      },
    ],
  });
}
