/**
 * A finished trial as it is remembered: what was tried on which program, and what came of it. Later advice rests on it.
 * What is about one run of a program, such as ids of threads, is kept beside names that the next run has too.
 */
import type { Sentence } from '../base/sentence.ts';
import type { GroupMove, MemoryMove, Move, Proposal, SchedulingMove } from '../placement/proposal.ts';
import { median } from '../stats/order.ts';
import type { Verdict } from './candidate.ts';
import type { NoiseSummary } from './noise.ts';
import type { Objective } from './objective.ts';
import type { TrialReport } from './report.ts';

/** By what a program is known again after a restart. */
export interface ProgramIdentity {
  readonly comm: string;
  /** The file it runs; null where that could not be read. */
  readonly executable: string | null;
  /** Of its command line, which may hold secrets: a digest. null where it could not be read. */
  readonly commandDigest: string | null;
  /** The service it belongs to; null outside of services. */
  readonly unit: string | null;
}

export interface KeptProcess {
  readonly tgid: number;
  readonly startTicks: bigint;
  readonly comm: string;
  readonly unit: string | null;
}

export interface KeptMove {
  readonly process: KeptProcess;
  readonly threads: 'all' | readonly { readonly tid: number; readonly comm: string }[];
  /** Lists as the kernel writes them. */
  readonly cpus: string | null;
  readonly away?: string;
  readonly scheduling: SchedulingMove | null;
  readonly memory: (Omit<MemoryMove, 'nodes'> & { readonly nodes: string }) | null;
}

export interface KeptCandidate {
  readonly name: string;
  readonly strategy: string;
  readonly summary: Sentence;
  readonly verdict: Verdict;
  readonly effectPct: number | null;
  /** 90 %. */
  readonly intervalPct: readonly [number, number] | null;
  readonly rounds: number;
  /** Median of its blocks, in the unit of the objective. */
  readonly value: number | null;
  /** Why the verdict is what it is; null in trials of before it was remembered. */
  readonly because: Sentence | null;
  readonly isKept: boolean;
  readonly moves: readonly KeptMove[];
  readonly groups: readonly GroupMove[];
}

export interface KeptTrial {
  /** `t-6`. */
  readonly id: string;
  /** Wall clock, ISO 8601. */
  readonly at: string;
  readonly program: ProgramIdentity;
  readonly target: KeptProcess;
  readonly objective: Pick<Objective, 'id' | 'label' | 'unit' | 'better'>;
  readonly candidates: readonly KeptCandidate[];
  /** Median of leaving things alone, in the unit of the objective; null in trials of before it was remembered. */
  readonly baseline: number | null;
  /** What the machine was like; null in trials of before it was remembered. */
  readonly noise: NoiseSummary | null;
  /** The change that was kept and not undone by the trial itself; null where there is none. */
  readonly change: string | null;
}

/** What is known of processes and threads while they are there. */
export interface Acquaintance {
  readonly program: ProgramIdentity;
  readonly target: KeptProcess;
  readonly process: (tgid: number) => KeptProcess | null;
  readonly threadName: (tgid: number, tid: number) => string;
}

/** Moves of processes that have ended meanwhile cannot be made again: a candidate with one is left out. */
export function keptTrial(report: TrialReport, known: Acquaintance, at: string): Omit<KeptTrial, 'id'> {
  const { id, label, unit, better } = report.objective;
  return {
    at,
    program: known.program,
    target: known.target,
    objective: { id, label, unit, better },
    candidates: report.candidates.flatMap((one) => {
      const wasUndone = one.isKept && report.afterwards?.wasUndone === true;
      const moves = one.proposal.moves.map((move) => keptMove(move, known));
      if (moves.includes(null)) return [];
      const { name, strategy, summary, groups } = one.proposal;
      const { effectPct, intervalPct, rounds, value, because } = one;
      return [
        {
          name,
          strategy,
          summary,
          verdict: wasUndone ? 'mixed' : one.verdict,
          effectPct,
          intervalPct,
          rounds,
          value,
          because,
          isKept: one.isKept && !wasUndone,
          moves: moves.filter((move) => move !== null),
          groups,
        } satisfies KeptCandidate,
      ];
    }),
    baseline: report.baseline.length === 0 ? null : median(report.baseline),
    noise: report.noise,
    change: report.keptChange,
  };
}

function keptMove(move: Proposal['moves'][number], known: Acquaintance): KeptMove | null {
  const process = move.tgid === known.target.tgid ? known.target : known.process(move.tgid);
  if (process === null) return null;
  const { threads, cpus, away, scheduling, memory } = move;
  return {
    process,
    threads:
      threads === 'all' ? 'all' : threads.map((tid) => ({ tid, comm: known.threadName(move.tgid, tid) })),
    cpus: cpus === null ? null : cpus.toKernelList(),
    ...(away === undefined ? {} : { away: away.toKernelList() }),
    scheduling,
    memory: memory === null ? null : { ...memory, nodes: memory.nodes.toKernelList() },
  };
}

/** The same program, called the same way, as the same service; with less known, by less. */
export function isSameProgram(a: ProgramIdentity, b: ProgramIdentity): boolean {
  const isSame = a.executable === b.executable && a.commandDigest === b.commandDigest && a.unit === b.unit;
  return isSame && (a.executable !== null || a.comm === b.comm);
}

/** A candidate with the trial that judged it last. */
export interface Judged {
  readonly trial: KeptTrial;
  readonly candidate: KeptCandidate;
}

export interface Known {
  /** The largest effect first. */
  readonly helps: readonly Judged[];
  readonly hurts: readonly Judged[];
  /** Every candidate, as it was judged last: those that trials could decide about first. */
  readonly all: readonly Judged[];
}

const DECIDED: readonly Verdict[] = ['helps', 'hurts', 'no-difference'];

/** What trials of one program say: of each candidate the last one that decided. @param trials the newest first */
export function knownFrom(trials: readonly KeptTrial[]): Known {
  const decided = new Map<string, Judged>();
  const open = new Map<string, Judged>();
  for (const trial of trials) {
    for (const candidate of trial.candidates) {
      const judged = DECIDED.includes(candidate.verdict) ? decided : open;
      if (!judged.has(candidate.name)) judged.set(candidate.name, { trial, candidate });
    }
  }
  const isOpen = ({ candidate }: Judged) => !decided.has(candidate.name);
  const all = [...[...decided.values()].sort(byEffect), ...[...open.values()].filter(isOpen)];
  const judged = (verdict: Verdict) => all.filter(({ candidate }) => candidate.verdict === verdict);
  return { helps: judged('helps'), hurts: judged('hurts'), all };
}

/** The largest first. */
function byEffect(a: Judged, b: Judged): number {
  return Math.abs(b.candidate.effectPct ?? 0) - Math.abs(a.candidate.effectPct ?? 0);
}

/** How a kept move finds its process and threads again. */
export interface Reunion {
  /** The target as it is now. */
  readonly target: KeptProcess;
  readonly isAlive: (process: KeptProcess) => boolean;
  /** The one process of a service; null where there is none, or several. */
  readonly ofUnit: (unit: string, comm: string) => KeptProcess | null;
  readonly threads: (process: KeptProcess) => readonly { readonly tid: number; readonly comm: string }[];
  /** "autogroup-143"; null where it has ended, or sessions are not told. */
  readonly sessionOf: (tgid: number) => string | null;
  readonly parseList: (list: string) => Move['cpus'] & object;
}

/** Why a kept candidate cannot be made again. */
export interface Unreachable {
  readonly because: Sentence;
}

/** The moves as they would be made now: the same program may run under other ids. */
export function movesNow(
  { moves, groups }: KeptCandidate,
  trial: KeptTrial,
  now: Reunion,
): readonly Move[] | Unreachable {
  const lost = groups.find(
    (group) => group.kind === 'autogroup' && now.sessionOf(group.tgid) !== group.session,
  );
  if (lost !== undefined) return { because: OTHER_SESSION };
  const made: Move[] = [];
  for (const move of moves) {
    const process = processNow(move.process, trial, now);
    if (process === null) return { because: ended(move.process) };
    const threads = move.threads === 'all' ? 'all' : threadsNow(move, process, now);
    if (threads === null) return { because: otherThreads(move, process) };
    made.push({
      tgid: process.tgid,
      comm: process.comm,
      threads,
      cpus: move.cpus === null ? null : now.parseList(move.cpus),
      ...(move.away === undefined ? {} : { away: now.parseList(move.away) }),
      scheduling: move.scheduling,
      memory: move.memory === null ? null : { ...move.memory, nodes: now.parseList(move.memory.nodes) },
    });
  }
  return made;
}

const OTHER_SESSION: Sentence = {
  en: 'the session that it lowers has ended',
  ko: '우선순위를 낮출 세션이 끝났습니다',
};

function processNow(process: KeptProcess, trial: KeptTrial, now: Reunion): KeptProcess | null {
  if (process.tgid === trial.target.tgid && process.startTicks === trial.target.startTicks) return now.target;
  if (now.isAlive(process)) return process;
  return process.unit === null ? null : now.ofUnit(process.unit, process.comm);
}

/** By id in the same run of the program; by name in another, where there are as many as then. */
function threadsNow(
  { process, threads }: KeptMove,
  current: KeptProcess,
  now: Reunion,
): readonly number[] | null {
  if (threads === 'all') return null;
  const alive = now.threads(current);
  if (process.tgid === current.tgid && process.startTicks === current.startTicks) {
    const ids = new Set(alive.map(({ tid }) => tid));
    return threads.every(({ tid }) => ids.has(tid)) ? threads.map(({ tid }) => tid) : null;
  }
  const names = new Set(threads.map(({ comm }) => comm));
  const named = alive.filter(({ comm }) => names.has(comm));
  return named.length === threads.length ? named.map(({ tid }) => tid) : null;
}

function ended({ comm, tgid }: KeptProcess): Sentence {
  return {
    en: `${comm} ${tgid}, which it is about, has ended`,
    ko: `변경 대상인 ${comm} ${tgid}이(가) 끝났습니다`,
  };
}

function otherThreads({ threads }: KeptMove, { comm, tgid }: KeptProcess): Sentence {
  const names = threads === 'all' ? '' : [...new Set(threads.map((one) => one.comm))].join(', ');
  return {
    en: `${comm} ${tgid} has other threads now than the ${names} of the trial`,
    ko: `${comm} ${tgid}의 스레드가 시험 때(${names})와 다릅니다`,
  };
}
