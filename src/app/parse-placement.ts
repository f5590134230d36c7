/** The words of `pin` and `run` for policy, slice and memory. */
import { MEMORY_MODES, type MemoryPolicy, memoryMode, policyFor } from '../actions/settings/memory-policy.ts';
import { POLICIES } from '../actions/settings/scheduling.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { FormatError, KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import { NS_PER_MS, NS_PER_US, parseDurationNs } from '../base/units.ts';

export interface PolicyWish {
  /** SCHED_*. */
  readonly number: number;
  readonly realtimePriority: number;
}

/** Deadline needs a budget and a period, and ext a loaded scheduler: they are not set by a word. */
const SETTABLE = ['other', 'batch', 'idle', 'fifo', 'rr'];

/** `other`, `batch`, `idle`, `fifo:20`, `rr:1`. @throws KeelError E_USAGE */
export function parsePolicy(text: string): PolicyWish {
  const [name = '', priority, rest] = text.split(':');
  const number = [...POLICIES].find(([, known]) => known === name)?.[0];
  if (number === undefined || !SETTABLE.includes(name) || rest !== undefined) {
    throw wrong(text, 0, text.length, {
      en: '--policy takes other, batch, idle, fifo:PRIORITY or rr:PRIORITY',
      ko: '--policy의 값은 other, batch, idle, fifo:우선순위, rr:우선순위 중 하나입니다',
    });
  }
  const isRealtime = name === 'fifo' || name === 'rr';
  const realtimePriority = isRealtime ? Number(priority ?? Number.NaN) : 0;
  const fits = /^\d{1,2}$/.test(priority ?? '') && realtimePriority >= 1;
  if (isRealtime ? !fits : priority !== undefined) {
    throw wrong(
      text,
      name.length,
      text.length,
      isRealtime
        ? {
            en: `${name} takes a priority from 1 to 99`,
            ko: `${name}에는 1에서 99까지의 우선순위가 필요합니다`,
          }
        : { en: `${name} takes no priority`, ko: `${name}에는 우선순위가 없습니다` },
    );
  }
  return { number, realtimePriority };
}

/** What EEVDF takes as a slice: kernel/sched/syscalls.c, __setparam_fair. */
const LEAST_SLICE_NS = 100 * NS_PER_US;
const MOST_SLICE_NS = 100 * NS_PER_MS;

/** `3ms`, `100us`, or `default`. @returns nanoseconds, 0 for the default @throws KeelError E_USAGE */
export function parseSlice(text: string): number {
  if (text === 'default') return 0;
  const ns = parseDurationNs(text);
  if (ns !== null && ns >= LEAST_SLICE_NS && ns <= MOST_SLICE_NS) return ns;
  throw wrong(text, 0, text.length, {
    en: '--slice takes a time from 100us to 100ms, such as 3ms, or default',
    ko: '--slice의 값은 100us에서 100ms까지의 시간(예: 3ms) 또는 default입니다',
  });
}

/** -20 to 19. @throws KeelError E_USAGE */
export function parseNice(text: string): number {
  const nice = Number(text);
  if (/^[+-]?\d{1,2}$/.test(text) && nice >= -20 && nice <= 19) return nice;
  throw wrong(text, 0, text.length, {
    en: '--nice takes a whole number from -20 to 19',
    ko: '--nice의 값은 -20에서 19까지의 정수입니다',
  });
}

const TAKES_NODES = ['bind', 'preferred', 'interleave', 'preferred-many', 'weighted-interleave'];

/** `bind:0`, `preferred:1`, `interleave:0,1`, `local`, `default`; `bind:node:0` is understood too. @throws KeelError E_USAGE */
export function parseMemory(text: string): MemoryPolicy {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const nodes = colon < 0 ? '' : text.slice(colon + 1).replace(/^nodes?:/, '');
  const mode = name === 'node' ? memoryMode('bind') : memoryMode(name);
  const wantsNodes = name === 'node' || TAKES_NODES.includes(name);
  if (mode === null || wantsNodes === (nodes === '')) {
    throw wrong(text, 0, text.length, {
      en: `--mem takes bind:NODES, preferred:NODE, interleave:NODES, local or default`,
      ko: '--mem의 값은 bind:노드, preferred:노드, interleave:노드, local, default 중 하나입니다',
    });
  }
  return policyFor(mode, parseNodes(text, text.length - nodes.length, nodes, name));
}

function parseNodes(text: string, start: number, list: string, name: string): CpuSet {
  try {
    const nodes = CpuSet.parseList(list);
    if (name !== 'preferred' || nodes.size === 1) return nodes;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  throw wrong(
    text,
    start,
    text.length,
    name === 'preferred'
      ? {
          en: 'preferred takes one node, such as preferred:0',
          ko: 'preferred에는 노드 하나가 필요합니다 (예: preferred:0)',
        }
      : { en: 'nodes are a list such as 0-1,3', ko: '노드는 0-1,3과 같은 목록입니다' },
  );
}

/** The modes by name, for completion. */
export const MEMORY_WORDS: readonly string[] = [...MEMORY_MODES.values()].map((name) =>
  TAKES_NODES.includes(name) ? `${name}:` : name,
);

function wrong(text: string, start: number, end: number, what: Sentence): KeelError {
  return new KeelError('E_USAGE', { what, pointer: { text, start, end } });
}
