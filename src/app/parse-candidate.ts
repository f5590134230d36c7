/** `--try "cpus=2-3 nice=-5 threads=tick"`: a candidate of the user's own, as a proposal like any other. */
import type { Controls } from '../actions/controls.ts';
import { MEMORY_MODES } from '../actions/settings/memory-policy.ts';
import { POLICIES } from '../actions/settings/scheduling.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { verbatim } from '../base/sentence.ts';
import { splitWords } from '../base/typed-words.ts';
import type { Host } from '../host/host.ts';
import type { MemoryMove, Move, Proposal, SchedulingMove } from '../placement/proposal.ts';
import { type FoundTarget, findTargets } from './find-targets.ts';
import { parseMemory, parseNice, parsePolicy, parseSlice } from './parse-placement.ts';
import { resolveCpus } from './resolve-cpus.ts';

const KEYS = ['cpus', 'away', 'threads', 'policy', 'nice', 'slice', 'mem', 'pages', 'of'] as const;
type Key = (typeof KEYS)[number];

export interface CandidateWorld {
  readonly host: Host;
  readonly controls: Controls;
  /** The target of the trial; `of=` names another process. */
  readonly target: FoundTarget;
}

/** @throws KeelError E_USAGE with a pointer at the word that is wrong */
export function parseCandidate(text: string, { host, controls, target }: CandidateWorld): Proposal {
  const values = wordsOf(text);
  const of = values.get('of');
  const [whose = target] = of === undefined ? [] : findTargets(host, of, { all: false, command: 'optimize' });
  const [cpus, away] = [values.get('cpus'), values.get('away')];
  if (cpus !== undefined && away !== undefined) throw wrong(text, `away=${away}`, NOT_BOTH);
  const move: Move = {
    tgid: whose.tgid,
    comm: whose.comm,
    threads: threadsOf(text, values.get('threads'), controls, whose),
    cpus: cpus === undefined ? null : resolveCpus(host, cpus),
    ...(away === undefined ? {} : { away: resolveCpus(host, away) }),
    scheduling: schedulingOf(text, values),
    memory: memoryOf(text, values.get('mem'), values.get('pages')),
  };
  if (move.cpus === null && away === undefined && move.scheduling === null && move.memory === null) {
    throw wrong(text, text, { en: 'it changes nothing', ko: '바꾸는 것이 없습니다' });
  }
  return {
    strategy: 'yours',
    name: text.trim().replace(/\s+/g, ' '),
    summary: verbatim(text.trim()),
    moves: [move],
    groups: [],
    why: { en: 'you asked for it', ko: '직접 지정했습니다' },
    expectedGain: { en: 'not known', ko: '알 수 없습니다' },
    upToPct: null,
    risk: { en: 'not known', ko: '알 수 없습니다' },
    isSlow: move.memory !== null,
  };
}

const NOT_BOTH = { en: 'either cpus= or away=', ko: 'cpus= 와 away= 중 하나만' };

function wordsOf(text: string): ReadonlyMap<Key, string> {
  const values = new Map<Key, string>();
  for (const word of splitWords(text) ?? []) {
    const [, name, value] = /^([a-z]+)=(.+)$/s.exec(word) ?? [];
    const key = KEYS.find((one) => one === name);
    if (key === undefined || value === undefined) {
      throw wrong(text, word, {
        en: `none of ${KEYS.map((one) => `${one}=`).join(' ')}`,
        ko: `${KEYS.map((one) => `${one}=`).join(' ')} 중 하나가 아닙니다`,
      });
    }
    values.set(key, value);
  }
  return values;
}

function schedulingOf(text: string, values: ReadonlyMap<Key, string>): SchedulingMove | null {
  const [policy, nice, slice] = [values.get('policy'), values.get('nice'), values.get('slice')];
  if (policy === undefined && nice === undefined && slice === undefined) return null;
  return {
    policy: policy === undefined ? null : fairPolicy(text, policy),
    nice: nice === undefined ? null : parseNice(nice),
    sliceNs: slice === undefined ? null : parseSlice(slice),
  };
}

/** Real-time policies can stop a machine, and a trial goes on by itself. */
function fairPolicy(text: string, word: string): NonNullable<SchedulingMove['policy']> {
  const name = POLICIES.get(parsePolicy(word).number);
  if (name === 'other' || name === 'batch' || name === 'idle') return name;
  throw wrong(text, word, {
    en: 'a trial takes other, batch or idle: a real-time thread can stop a machine',
    ko: '시험에는 other, batch, idle만 쓸 수 있습니다. 실시간 스레드는 컴퓨터를 멈추게 할 수 있습니다',
  });
}

function memoryOf(text: string, word: string | undefined, pages: string | undefined): MemoryMove | null {
  if (pages !== undefined && (pages !== 'move' || word === undefined)) {
    throw wrong(text, `pages=${pages}`, {
      en: 'pages=move, together with mem= and its nodes',
      ko: 'pages=move는 노드를 정하는 mem=과 함께 써야 합니다',
    });
  }
  if (word === undefined) return null;
  const { mode, nodes } = parseMemory(word);
  const name = MEMORY_MODES.get(mode);
  if (name !== 'bind' && name !== 'preferred' && name !== 'interleave') {
    throw wrong(word, word, {
      en: 'bind, preferred or interleave',
      ko: 'bind, preferred, interleave 중 하나',
    });
  }
  return { mode: name, nodes: CpuSet.parseList(nodes), migrate: pages === 'move' };
}

function threadsOf(
  text: string,
  list: string | undefined,
  controls: Controls,
  whose: FoundTarget,
): Move['threads'] {
  if (list === undefined) return 'all';
  const words = new Set(list.split(','));
  const alive = controls.threads(whose) ?? [];
  const tids = alive.filter((one) => words.has(one.comm) || words.has(String(one.tid))).map((one) => one.tid);
  if (tids.length > 0) return tids;
  const names = [...new Set(alive.map((one) => one.comm))].slice(0, 8).join(', ');
  throw wrong(text, list, { en: `its threads: ${names}`, ko: `스레드 이름: ${names}` });
}

function wrong(text: string, part: string, note: { readonly en: string; readonly ko: string }): KeelError {
  const start = Math.max(0, text.indexOf(part));
  return new KeelError('E_USAGE', {
    what: { en: 'this is no candidate', ko: '후보로 쓸 수 없습니다' },
    pointer: { text, start, end: start + part.length, note },
    next: [{ en: 'Such as: --try "cpus=2-3 nice=-5"', ko: '예: --try "cpus=2-3 nice=-5"' }],
  });
}
