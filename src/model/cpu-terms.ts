/** Evaluates CPU-set expressions on a machine. Every set that comes out holds online CPUs only, and at least one. */
import { CpuSet } from '../base/cpu-set.ts';
import type { KeelError } from '../base/errors.ts';
import { isMissing, type Maybe } from '../base/missing.ts';
import { nearest } from '../base/nearest.ts';
import { plural, type Sentence } from '../base/sentence.ts';
import { CORE_TYPES } from './core-types.ts';
import { type CpuExpression, expressionError, type NumberedTerm, type Span } from './cpu-expression.ts';
import type { Topology } from './topology.ts';

/** What terms ask of the machine; read when a term needs it, so that plain lists stay cheap. */
export interface CpuWorld {
  /** Present CPUs, offline ones too. */
  readonly cpus: () => CpuSet;
  readonly online: () => CpuSet;
  readonly topology: () => Topology;
  readonly allowed: () => Maybe<CpuSet>;
  /** CPUs to which an interrupt that has ever fired is delivered. */
  readonly interrupted: () => Maybe<CpuSet>;
}

/** @throws KeelError E_USAGE for what this machine does not have, and for an empty result */
export function evaluateCpus(expression: CpuExpression, text: string, world: CpuWorld): CpuSet {
  const cpus = new Evaluation(text, world).value(expression);
  if (cpus.isEmpty) throw emptyError(expression, text, world);
  return cpus;
}

class Evaluation {
  readonly #text: string;
  readonly #world: CpuWorld;

  constructor(text: string, world: CpuWorld) {
    this.#text = text;
    this.#world = world;
  }

  value(expression: CpuExpression): CpuSet {
    switch (expression.kind) {
      case 'cpus':
        return this.#named(expression.cpus, expression.span);
      case 'plain':
        return this.#plain(expression).intersect(this.#world.online());
      case 'numbered':
        return this.#numbered(expression.term, expression.numbers, expression.valueSpan);
      case 'type':
        return this.#ofType(expression.name, expression.valueSpan);
      case 'not':
        return this.#world.online().minus(this.value(expression.part));
      case 'or':
        return expression.parts.map((part) => this.value(part)).reduce((a, b) => a.union(b));
      case 'and':
        return expression.parts.map((part) => this.value(part)).reduce((a, b) => a.intersect(b));
    }
  }

  /** Named one by one, so each must exist and be online: a set that is silently smaller is not what was meant. */
  #named(cpus: CpuSet, span: Span): CpuSet {
    const unknown = cpus.minus(this.#world.cpus());
    if (!unknown.isEmpty) throw this.#noSuchCpu(cpus, unknown, span);
    const offline = cpus.minus(this.#world.online());
    if (offline.isEmpty) return cpus;
    const rest = cpus.minus(offline);
    throw expressionError(
      this.#text,
      span,
      { en: `CPU ${offline} is offline`, ko: `CPU ${offline}은(는) 오프라인입니다` },
      { next: rest.isEmpty ? [] : [{ en: `Without it: ${rest}`, ko: `제외하면: ${rest}` }] },
    );
  }

  #noSuchCpu(cpus: CpuSet, unknown: CpuSet, span: Span): KeelError {
    const all = this.#world.cpus();
    const online = this.#world.online();
    const rest = cpus.intersect(online);
    const written = this.#text.slice(span.start, span.end);
    // Of "12-19" the 19 is wrong, where 12 is right.
    const last = /^\d+-(?=\d+$)/.exec(written)?.[0].length ?? 0;
    const start = rest.isEmpty ? span.start : span.start + last;
    const count = plural(all.size, 'CPU');
    const state: Sentence =
      online.size === all.size
        ? { en: `${count}, ${all}, all online`, ko: `${all.size}개, ${all}, 모두 온라인` }
        : { en: `${count}, ${all}; online ${online}`, ko: `${all.size}개, ${all}, 온라인 ${online}` };
    return expressionError(
      this.#text,
      { start, end: span.end },
      unknown.size === 1
        ? {
            en: `CPU ${unknown} does not exist on this machine`,
            ko: `이 컴퓨터에는 CPU ${unknown}이(가) 없습니다`,
          }
        : {
            en: `CPUs ${unknown} do not exist on this machine`,
            ko: `이 컴퓨터에는 CPU ${unknown}이(가) 없습니다`,
          },
      {
        note: {
          en: `the last CPU is ${all.last} (${state.en})`,
          ko: `마지막 CPU는 ${all.last}입니다 (${state.ko})`,
        },
        next: [didYouMean(rest.isEmpty ? online : rest, this.#world)],
      },
    );
  }

  #plain(expression: Extract<CpuExpression, { kind: 'plain' }>): CpuSet {
    switch (expression.term) {
      case 'all':
        return this.#world.online();
      case 'isolated': {
        const { isolated } = this.#world.topology();
        return isMissing(isolated) ? CpuSet.EMPTY : isolated;
      }
      case 'allowed':
        return this.#known(this.#world.allowed(), expression.span);
      case 'irqfree':
        return this.#world.online().minus(this.#known(this.#world.interrupted(), expression.span));
    }
  }

  #known(value: Maybe<CpuSet>, span: Span): CpuSet {
    if (!isMissing(value)) return value;
    const term = this.#text.slice(span.start, span.end);
    throw expressionError(this.#text, span, {
      en: `"${term}" is not known here: ${value.path} is ${value.missing}`,
      ko: `"${term}"을(를) 알 수 없습니다: ${value.path} (${value.missing})`,
    });
  }

  #numbered(term: NumberedTerm, numbers: CpuSet, span: Span): CpuSet {
    const groups = groupsOf(term, this.#world.topology());
    const wanted = numbers.ids().map((number) => {
      const found = groups.get(number);
      if (found === undefined) throw this.#noSuchGroup(term, number, groups, span);
      return found;
    });
    return wanted.reduce((a, b) => a.union(b), CpuSet.EMPTY).intersect(this.#world.online());
  }

  #noSuchGroup(
    term: NumberedTerm,
    number: number,
    groups: ReadonlyMap<number, CpuSet>,
    span: Span,
  ): KeelError {
    const known = CpuSet.from(groups.keys());
    if (known.isEmpty) {
      return expressionError(this.#text, span, {
        en: `the kernel tells no ${term} on this machine`,
        ko: `이 컴퓨터에서는 커널이 ${term}을(를) 알려 주지 않습니다`,
      });
    }
    const names =
      known.size <= 3
        ? known
            .ids()
            .map((id) => `${term}:${id}`)
            .join(', ')
        : `${term}:${known}`;
    return expressionError(
      this.#text,
      span,
      {
        en: `there is no ${term}:${number} on this machine`,
        ko: `이 컴퓨터에는 ${term}:${number}이(가) 없습니다`,
      },
      { note: { en: `this machine has ${names}`, ko: `이 컴퓨터에 있는 것: ${names}` } },
    );
  }

  #ofType(name: string, span: Span): CpuSet {
    const { cpus, coreTypeSource } = this.#world.topology();
    const types = CORE_TYPES.filter((type) => cpus.some(({ coreType }) => coreType === type));
    const members = cpus.filter(({ coreType }) => coreType === name).map(({ cpu }) => cpu);
    if (members.length > 0) return CpuSet.from(members).intersect(this.#world.online());
    if (coreTypeSource === null) {
      throw expressionError(this.#text, span, {
        en: 'all cores of this machine are of one type',
        ko: '이 컴퓨터의 코어는 모두 한 종류입니다',
      });
    }
    const near = nearest(name, types);
    throw expressionError(
      this.#text,
      span,
      { en: `there is no core type "${name}" here`, ko: `코어 종류 "${name}"은(는) 없습니다` },
      {
        note: { en: `this machine has ${types.join(', ')}`, ko: `이 컴퓨터에 있는 것: ${types.join(', ')}` },
        next: near === null ? [] : [{ en: `Did you mean type:${near}?`, ko: `혹시 type:${near}인가요?` }],
      },
    );
  }
}

/**
 * The groups that a term numbers. Nodes and packages go by the kernel's numbers (packages by position where ids are
 * absent or repeat); dies, clusters, last-level caches and cores by position in the order of their lowest CPU, because
 * the kernel's ids repeat. `smt:0` is the first CPU of every core.
 */
export function groupsOf(term: NumberedTerm, topology: Topology): ReadonlyMap<number, CpuSet> {
  switch (term) {
    case 'node':
      return new Map(topology.nodes.map(({ node, cpus }) => [node, isMissing(cpus) ? CpuSet.EMPTY : cpus]));
    case 'llc':
      return new Map(topology.llcs.map(({ index, cpus }) => [index, cpus]));
    case 'smt':
      return smtGroups(topology);
    case 'package': {
      const byId = new Map(topology.groups.package.map(({ id, cpus }) => [id ?? -1, cpus]));
      if (byId.size === topology.groups.package.length && !byId.has(-1)) return byId;
      return new Map(topology.groups.package.map(({ index, cpus }) => [index, cpus]));
    }
    default:
      return new Map(topology.groups[term].map(({ index, cpus }) => [index, cpus]));
  }
}

function smtGroups(topology: Topology): ReadonlyMap<number, CpuSet> {
  const threads = new Map<number, number[]>();
  for (const { cpus } of topology.groups.core)
    cpus.ids().forEach((cpu, nth) => {
      threads.set(nth, [...(threads.get(nth) ?? []), cpu]);
    });
  return new Map([...threads].map(([nth, cpus]) => [nth, CpuSet.from(cpus)]));
}

/** The part that exists, and the last-level cache it lies in. */
function didYouMean(cpus: CpuSet, world: CpuWorld): Sentence {
  const llcs = world.topology().llcs;
  const around = llcs.length > 1 ? llcs.find((group) => cpus.isSubsetOf(group.cpus)) : undefined;
  const also = around === undefined ? '' : `llc:${around.index} (${around.cpus})`;
  return also === ''
    ? { en: `Did you mean ${cpus}?`, ko: `혹시 ${cpus}인가요?` }
    : { en: `Did you mean ${cpus}, or ${also}?`, ko: `혹시 ${cpus}, 또는 ${also}인가요?` };
}

function emptyError(expression: CpuExpression, text: string, world: CpuWorld): KeelError {
  const { span } = expression;
  if (expression.kind === 'plain' && expression.term === 'isolated') {
    return expressionError(
      text,
      span,
      {
        en: '"isolated" is empty here: no CPU is isolated on this machine',
        ko: '"isolated"가 비어 있습니다. 이 컴퓨터에는 격리된 CPU가 없습니다',
      },
      {
        next: [
          {
            en: 'CPUs are isolated at boot (isolcpus=) or by a cpuset partition of cgroup v2. To choose some anyway: keel topo',
            ko: 'CPU는 부팅 때(isolcpus=)나 cgroup v2의 cpuset 파티션으로 격리됩니다. 다른 CPU 고르기: keel topo',
          },
        ],
      },
    );
  }
  if (expression.kind === 'plain' && expression.term === 'irqfree') {
    return expressionError(text, span, {
      en: '"irqfree" is empty here: every CPU handles some interrupt',
      ko: '"irqfree"가 비어 있습니다. 모든 CPU가 인터럽트를 처리합니다',
    });
  }
  if (expression.kind === 'numbered' && expression.term === 'node') {
    return expressionError(text, span, {
      en: `${text.trim()} has memory and no CPU`,
      ko: `${text.trim()}에는 메모리만 있고 CPU가 없습니다`,
    });
  }
  return expressionError(
    text,
    span,
    { en: 'no CPU is in all of this', ko: '조건을 모두 만족하는 CPU가 없습니다' },
    {
      next: [
        {
          en: `Online here: ${world.online()}. "," joins sets, "&" keeps what both have`,
          ko: `온라인 CPU: ${world.online()}. ","는 합집합, "&"는 교집합입니다`,
        },
      ],
    },
  );
}
