/** From what a person typed to the processes meant; see model/target.ts for the language. */
import { KeelError } from '../base/errors.ts';
import { isMissing, orNull, present } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { commandLine, executable } from '../kernel/task/command.ts';
import { processList, threadList } from '../kernel/task/lists.ts';
import { processStat } from '../kernel/task/stat.ts';
import { processStatus } from '../kernel/task/status.ts';
import { matchesCandidate, parseTarget, type TargetQuery } from '../model/target.ts';
import { PatternTest } from './match-pattern.ts';
import {
  noMatch,
  noThread,
  notAProcess,
  patternTooSlow,
  severalMatch,
  unreadableCommandLines,
  unreadableProcess,
} from './target-errors.ts';

/** A process that was meant. It is this process only as long as the start time is the same: ids are reused. */
export interface FoundTarget {
  readonly tgid: number;
  /** Of the process, that is, of its main thread. */
  readonly comm: string;
  /** When the process started, in clock ticks after boot; with the id, its identity. */
  readonly startTicks: bigint;
  /** The one thread that was meant (`tid:N`); null for the whole process. */
  readonly tid: number | null;
}

export interface FindOptions {
  /** Take every match; otherwise more than one is refused. */
  readonly all: boolean;
  /** The command that asks, for the errors: "check". */
  readonly command: string;
}

/** Of a command line, this much is matched: enough for any that a person would name. */
const MATCHED_LENGTH = 4096;

/**
 * Names and expressions never match keel itself, nor, for expressions, the shell, sudo or npx that was told to run it.
 * @returns at least one target, ascending by id; exactly one without `all`
 * @throws KeelError E_USAGE for text that names nothing or too much, E_GONE where there is no such process
 */
export function findTargets(host: Host, text: string, options: FindOptions): readonly FoundTarget[] {
  const query = parseTarget(text);
  const found = findAll(host, text, query, options);
  if (found.length === 0) throw noMatch(host, text, query);
  if (found.length > 1 && !options.all) throw severalMatch(host, text, found, options.command);
  return found;
}

/** The same process as it is now: its id may be somebody else's meanwhile. null where it has ended. */
export function openTarget(host: Host, target: FoundTarget): FoundTarget | null {
  const now = asTarget(host, target.tgid);
  return now !== null && now.startTicks === target.startTicks ? { ...now, tid: target.tid } : null;
}

function findAll(host: Host, text: string, query: TargetQuery, options: FindOptions): readonly FoundTarget[] {
  switch (query.kind) {
    case 'self':
      return single(host.kind === 'live' ? asTarget(host, process.pid) : null);
    case 'process':
      return single(findProcess(host, query.tgid, options));
    case 'thread':
      return single(findThread(host, query.tid));
    case 'pattern':
      return findByPattern(host, text, query.pattern);
    default:
      return findMatching(host, query);
  }
}

function single(target: FoundTarget | null): readonly FoundTarget[] {
  return target === null ? [] : [target];
}

function asTarget(host: Host, tgid: number): FoundTarget | null {
  const stat = orNull(host.read(processStat, { pid: tgid }));
  return stat === null ? null : { tgid, comm: stat.comm, startTicks: stat.startTicks, tid: null };
}

/** The kernel answers for the ids of threads too; what it answers then is not about a process. */
function findProcess(host: Host, tgid: number, options: FindOptions): FoundTarget | null {
  const owner = orNull(host.read(processStatus, { pid: tgid }))?.tgid ?? tgid;
  if (owner !== tgid) throw notAProcess(host, tgid, owner, options.command);
  const stat = host.read(processStat, { pid: tgid });
  if (isMissing(stat) && (stat.missing === 'denied' || stat.missing === 'unreadable'))
    throw unreadableProcess(tgid, stat);
  return asTarget(host, tgid);
}

function findThread(host: Host, tid: number): FoundTarget | null {
  const owner =
    orNull(host.read(processStatus, { pid: tid }))?.tgid ??
    processes(host).find((tgid) => (orNull(host.read(threadList, { pid: tgid })) ?? []).includes(tid));
  const target = owner === undefined ? null : asTarget(host, owner);
  if (target === null) throw noThread(tid);
  return { ...target, tid };
}

function findMatching(host: Host, query: TargetQuery): readonly FoundTarget[] {
  const own = host.kind === 'live' && query.kind === 'name' ? process.pid : null;
  return processes(host).flatMap((tgid) => {
    const target = tgid === own ? null : asTarget(host, tgid);
    if (target === null) return [];
    const meant = matchesCandidate(query, {
      comm: target.comm,
      executable: () => host.read(executable, { pid: tgid }),
      cgroups: () => host.read(processCgroup, { pid: tgid }),
    });
    return meant ? [target] : [];
  });
}

/** The only query that reads command lines, because that takes a lock of each process. */
function findByPattern(host: Host, text: string, pattern: RegExp): readonly FoundTarget[] {
  const callers = host.kind === 'live' ? ancestors(host, process.pid) : new Set<number>();
  const lines = processes(host).flatMap((tgid) => {
    const words = host.read(commandLine, { pid: tgid });
    if (isMissing(words) || (host.kind === 'live' && tgid === process.pid)) return [];
    const line = words.join(' ');
    return callers.has(tgid) && line.includes(text) ? [] : [{ tgid, line: line.slice(0, MATCHED_LENGTH) }];
  });
  if (lines.length === 0 && host.kind === 'captured') throw unreadableCommandLines(text);
  const meant = new PatternTest(pattern).testAll(lines.map((one) => one.line));
  if (meant === null) throw patternTooSlow(text);
  return lines.flatMap(({ tgid }, i) => (meant[i] ? single(asTarget(host, tgid)) : []));
}

function ancestors(host: Host, tgid: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at: number | undefined = tgid; at !== undefined && at > 1 && !found.has(at); ) {
    found.add(at);
    at = orNull(host.read(processStat, { pid: at }))?.parent;
  }
  return found;
}

/** @throws KeelError E_UNSUPPORTED where the processes cannot be listed */
function processes(host: Host): readonly number[] {
  const list = host.read(processList);
  if (present(list)) return list;
  throw new KeelError('E_UNSUPPORTED', {
    what: { en: 'the processes cannot be listed here', ko: '프로세스 목록을 읽을 수 없습니다' },
    next: [{ en: 'Name one by its id: keel check 4127', ko: 'ID로 지정하세요: keel check 4127' }],
  });
}
