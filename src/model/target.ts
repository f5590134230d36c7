/**
 * How people name what they mean: `4127`, `tid:4131`, `arena`, `/java .*arena/`, `cgroup:/system.slice`,
 * `unit:arena.service`, `self`; and which processes such a text matches. Pure.
 */
import { KeelError } from '../base/errors.ts';
import { type Maybe, present } from '../base/missing.ts';
import type { CgroupMembership } from '../kernel/task/cgroup.ts';

export type TargetQuery =
  | { readonly kind: 'process'; readonly tgid: number }
  | { readonly kind: 'thread'; readonly tid: number }
  | { readonly kind: 'self' }
  /** The comm, the base name of the program, or its whole path; exactly. */
  | { readonly kind: 'name'; readonly name: string }
  /** A JavaScript regular expression over the command line, the arguments joined by blanks. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  /** The cgroup and all below it, in any hierarchy. */
  | { readonly kind: 'cgroup'; readonly path: string }
  /** A systemd unit: a folder of that name anywhere on the way to the process's cgroup. */
  | { readonly kind: 'unit'; readonly name: string };

/** What a process is matched by; each part is asked for only when the query needs it. */
export interface Candidate {
  readonly comm: string;
  readonly executable: () => Maybe<string>;
  readonly cgroups: () => Maybe<readonly CgroupMembership[]>;
}

/** A longer expression is not typed by a person. */
const LONGEST_PATTERN = 500;

/** @throws KeelError E_USAGE with a pointer at what is wrong */
export function parseTarget(text: string): TargetQuery {
  if (text === '') throw unusable(text, 0, 'nothing is named', '이름이 비어 있습니다');
  if (/^\d+$/.test(text)) return { kind: 'process', tgid: idOf(text, 0) };
  if (text === 'self') return { kind: 'self' };
  if (/^\/.*\/$/.test(text) && text.length > 1) return { kind: 'pattern', pattern: patternOf(text) };
  const [, prefix, rest = ''] = /^(tid|cgroup|unit):(.*)$/s.exec(text) ?? [];
  if (prefix === undefined) return { kind: 'name', name: text };
  const start = prefix.length + 1;
  if (rest === '') throw unusable(text, start, 'nothing behind the colon', '콜론 뒤가 비어 있습니다');
  if (prefix === 'tid') return { kind: 'thread', tid: idOf(text, start) };
  if (prefix === 'cgroup') return { kind: 'cgroup', path: `/${rest.replace(/^\/+|\/+$/g, '')}` };
  return { kind: 'unit', name: /\.[a-z]+$/.test(rest) ? rest : `${rest}.service` };
}

/** Whether a process is meant by a query for names, cgroups or units. Patterns need a timeout: see app/find-targets.ts. */
export function matchesCandidate(query: TargetQuery, candidate: Candidate): boolean {
  switch (query.kind) {
    case 'name': {
      if (candidate.comm === query.name) return true;
      const program = candidate.executable();
      return present(program) && isProgram(program, query.name);
    }
    case 'cgroup':
      return paths(candidate).some((path) => isAtOrBelow(path, query.path));
    case 'unit':
      return paths(candidate).some((path) => path.split('/').includes(query.name));
    default:
      return false;
  }
}

/** The systemd unit a process belongs to: the innermost service or scope of its cgroup. */
export function unitOf(cgroups: readonly CgroupMembership[]): string | null {
  const tree =
    cgroups.find((one) => one.controllers.includes('name=systemd')) ??
    cgroups.find((one) => one.hierarchy === 0);
  return tree?.path.split('/').findLast((part) => /\.(service|scope)$/.test(part)) ?? null;
}

/** The base name of a program's path. */
export function programName(path: string): string {
  return path.replace(/ \(deleted\)$/, '').replace(/^.*\//s, '');
}

function isProgram(path: string, name: string): boolean {
  return name.includes('/') ? path.replace(/ \(deleted\)$/, '') === name : programName(path) === name;
}

function paths(candidate: Candidate): readonly string[] {
  const cgroups = candidate.cgroups();
  return present(cgroups) ? cgroups.map((one) => one.path) : [];
}

function isAtOrBelow(path: string, top: string): boolean {
  return path === top || path.startsWith(top === '/' ? '/' : `${top}/`);
}

/** Linux gives none above 4,194,304 (PID_MAX_LIMIT); a larger one is simply nobody's. */
function idOf(text: string, start: number): number {
  const digits = text.slice(start);
  const id = Number(digits);
  if (/^\d+$/.test(digits) && id >= 1 && Number.isSafeInteger(id)) return id;
  throw unusable(text, start, 'a task id is a whole number from 1 on', '태스크 ID는 1 이상의 정수입니다');
}

function patternOf(text: string): RegExp {
  const source = text.slice(1, -1);
  if (source === '')
    throw unusable(text, 0, 'an empty expression matches all', '빈 정규식은 모두와 일치합니다');
  if (source.length > LONGEST_PATTERN)
    throw unusable(text, LONGEST_PATTERN, `longer than ${LONGEST_PATTERN} letters`, '정규식이 너무 깁니다');
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    const why = (error as Error).message.replace(/^.*: /, '');
    throw unusable(text, 1, why, why, text.length - 1);
  }
}

function unusable(text: string, start: number, en: string, ko: string, end = text.length): KeelError {
  return new KeelError('E_USAGE', {
    what: { en: `"${text}" names no target`, ko: `"${text}"은(는) 대상을 가리키지 않습니다` },
    pointer: { text, start, end, note: { en, ko } },
    next: [{ en: 'How to name one: keel help targets', ko: '대상을 가리키는 방법: keel help targets' }],
  });
}
