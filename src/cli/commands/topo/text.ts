/** `keel topo` for people: one screen, the verdict in its first line. */
import { CpuSet } from '../../../base/cpu-set.ts';
import { isMissing, type Maybe, orNull } from '../../../base/missing.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import { CORE_TYPES } from '../../../model/core-types.ts';
import type { NodeTopology, Topology } from '../../../model/topology.ts';
import { topologyTree } from '../../../model/topology-tree.ts';
import { significant } from '../../output/format.ts';
import { cutMiddle, type Look, padStart, safeName } from '../../output/look.ts';
import { flow, wrap } from '../../output/wrap.ts';
import { cacheSentence } from './caches.ts';
import { nodeMemory, treeLines } from './tree.ts';

export function topologyLines(
  topology: Topology,
  interrupted: Maybe<CpuSet>,
  look: Look,
  all: boolean,
): string[] {
  return [
    ...wrap(look.colors.bold(look.say(summary(topology))), look.width),
    ...(topology.model === null ? [] : [cutMiddle(safeName(topology.model), look.width, look.unicode)]),
    ...contradictionLines(topology, look, all),
    ...treeLines(topologyTree(topology), look, all),
    ...loneNodes(topology, look, all),
    ...distanceLines(topology, look, all),
    ...sentences(topology, interrupted).flatMap((sentence) => wrap(look.say(sentence), look.width)),
    ...flow(stateParts(topology, look), look.width, '   '),
  ];
}

const MOST_CONTRADICTIONS = 3;

function contradictionLines({ contradictions }: Topology, look: Look, all: boolean): string[] {
  const shown = all ? contradictions : contradictions.slice(0, MOST_CONTRADICTIONS);
  const more = contradictions.length - shown.length;
  const said = [
    ...shown.map(({ what }) => look.say(what)),
    ...(more > 0
      ? [
          look.say({
            en: `${plural(more, 'more contradiction')}: keel topo --all`,
            ko: `모순 ${more}개 더: keel topo --all`,
          }),
        ]
      : []),
  ];
  return said.flatMap((text) =>
    wrap(`! ${text}`, look.width - 2).map((line, i) => (i === 0 ? line : `  ${line}`)),
  );
}

export function summary(topology: Topology): Sentence {
  const { groups, nodes, online } = topology;
  const cores = groups.core;
  const sizes = new Set(cores.map(({ cpus }) => cpus.size));
  const [siblings = 1] = sizes;
  const smt = sizes.size > 1 ? 'mixed' : siblings > 1 ? 'smt' : 'none';
  const levels: readonly (readonly [number, string, string])[] = [
    [groups.drawer.length, 'drawer', '드로어'],
    [groups.book.length, 'book', '북'],
    [groups.package.length, 'package', '패키지'],
    [betweenCoresAndPackages(topology), 'die', '다이'],
    [sharedLlcs(topology), 'LLC domain', 'LLC 도메인'],
  ];
  const shown = levels.filter(([count]) => count > 0);
  const coreEn = `${plural(cores.length, 'core')}${smt === 'smt' ? ` of ${siblings} SMT siblings` : smt === 'mixed' ? ', some with SMT siblings' : ''}`;
  const coreKo = `코어 ${cores.length}개${smt === 'smt' ? `(SMT 형제 ${siblings}개씩)` : smt === 'mixed' ? '(일부 SMT)' : ''}`;
  const total = topology.cpus.length;
  const count = online.size === total ? `${total}` : `${online.size} of ${total}`;
  return {
    en: `${count} ${total === 1 ? 'CPU' : 'CPUs'}${online.size === total ? '' : ' online'}: ${[
      ...shown.map(([n, name]) => plural(n, name)),
      ...(cores.length > 0 ? [coreEn] : ['cores not known']),
      ...(nodes.length > 0
        ? [`${plural(nodes.length, 'NUMA node')}${holes(nodes)}`]
        : ['no NUMA information']),
    ].join(', ')}`,
    ko: `CPU ${total}개${online.size === total ? '' : ` 중 ${online.size}개 온라인`}: ${[
      ...shown.map(([n, , name]) => `${name} ${n}개`),
      ...(cores.length > 0 ? [coreKo] : ['코어 정보 없음']),
      ...(nodes.length > 0 ? [`NUMA 노드 ${nodes.length}개${holes(nodes)}`] : ['NUMA 정보 없음']),
    ].join(', ')}`,
  };
}

/** Many kernels call every package a die, or every core: then dies say nothing. */
function betweenCoresAndPackages({ groups }: Topology): number {
  const said = new Set([...groups.core, ...groups.package].map(({ cpus }) => cpus.toString()));
  return groups.die.some(({ cpus }) => !said.has(cpus.toString())) ? groups.die.length : 0;
}

/** Last-level caches are worth counting where there are several and they hold more than a core. */
function sharedLlcs({ llcs, groups }: Topology): number {
  const cores = new Set(groups.core.map(({ cpus }) => cpus.toString()));
  return llcs.length > 1 && llcs.some(({ cpus }) => !cores.has(cpus.toString())) ? llcs.length : 0;
}

/** Node numbers are worth a word only where they are not 0 and on. */
function holes(nodes: readonly NodeTopology[]): string {
  return nodes.every(({ node }, i) => node === i) ? '' : ` (${CpuSet.from(nodes.map(({ node }) => node))})`;
}

const MOST_LONE_NODES = 4;

/** Nodes that are in no box of the tree: memory without CPUs. */
function loneNodes(topology: Topology, look: Look, all: boolean): string[] {
  const lone = topology.nodes.filter(({ cpus }) => !isMissing(cpus) && !cpus.overlaps(topology.online));
  const shown = all || lone.length <= MOST_LONE_NODES ? lone : lone.slice(0, 2);
  const rest = lone.slice(shown.length).map(({ node }) => node);
  return [
    ...shown.map((node) => {
      const memory = nodeMemory(node, look) ?? (look.unicode ? '—' : '-');
      return look.say({
        en: `node:${node.node} ${memory}; no CPU`,
        ko: `node:${node.node} ${memory}. CPU 없음`,
      });
    }),
    ...(rest.length === 0
      ? []
      : [
          look.say({
            en: `${rest.length} more nodes without CPUs: node:${CpuSet.from(rest)}`,
            ko: `CPU 없는 노드 ${rest.length}개 더: node:${CpuSet.from(rest)}`,
          }),
        ]),
  ];
}

/** Larger matrices are for `--all`. */
const MOST_COLUMNS = 8;

function distanceLines(topology: Topology, look: Look, all: boolean): string[] {
  const rows = topology.nodes.flatMap(({ node, distances }) => {
    const known = orNull(distances);
    return known === null ? [] : [{ node, known }];
  });
  if (rows.length < 2) return [];
  const label = look.say({ en: 'distance', ko: '거리' });
  if (rows.length > MOST_COLUMNS && !(all && rows.length * 4 + 10 <= look.width)) {
    const values = [...new Set(rows.flatMap(({ known }) => [...known.values()]))].sort((a, b) => a - b);
    return wrap(
      look.say({
        en: `distances between nodes: ${values.join(', ')} (10 is local; all of them: --json)`,
        ko: `노드 사이의 거리: ${values.join(', ')} (10은 자기 노드, 전체는 --json)`,
      }),
      look.width,
    );
  }
  const columns = [...(rows[0]?.known.keys() ?? [])];
  return [
    `${label}   ${columns.map((node) => padStart(`${node}`, 3)).join(' ')}`,
    ...rows.map(
      ({ node, known }) =>
        `${padStart(`node:${node}`, 10)} ${columns.map((to) => padStart(`${known.get(to) ?? '-'}`, 3)).join(' ')}`,
    ),
  ];
}

function sentences(topology: Topology, interrupted: Maybe<CpuSet>): Sentence[] {
  const caches = cacheSentence(topology);
  return [
    ...(caches === null ? [] : [caches]),
    ...frequencySentence(topology),
    ...interruptSentence(topology, interrupted),
    ...siblingNote(topology),
  ];
}

function frequencySentence({ cpus }: Topology): Sentence[] {
  const ghz = (hz: number) => significant(hz / 1e9);
  const values = (pick: (frequency: (typeof cpus)[number]['frequency']) => number | null) =>
    [...new Set(cpus.flatMap(({ frequency }) => pick(frequency) ?? []))].sort((a, b) => a - b);
  const lows = values(({ minHz }) => minHz);
  const highs = values(({ maxHz }) => maxHz);
  const governors = [...new Set(cpus.flatMap(({ frequency }) => frequency.governor ?? []))].map(safeName);
  if (lows[0] === undefined || highs[0] === undefined) return [];
  const top = highs.length === 1 ? ghz(highs[0]) : `${ghz(highs[0])}-${ghz(highs.at(-1) ?? highs[0])}`;
  const range = `${ghz(lows[0])} to ${top} GHz`;
  const name = governors.join(', ') || '-';
  return [{ en: `${range}, governor ${name}`, ko: `${ghz(lows[0])} ~ ${top} GHz, 거버너 ${name}` }];
}

function interruptSentence({ online }: Topology, interrupted: Maybe<CpuSet>): Sentence[] {
  if (isMissing(interrupted)) return [];
  const busy = interrupted.intersect(online);
  const free = online.minus(busy);
  if (busy.isEmpty) return [];
  return [
    {
      en: `Interrupts go to CPUs ${busy} (irqfree: ${free.isEmpty ? 'none' : free})`,
      ko: `인터럽트를 받는 CPU: ${busy} (irqfree: ${free.isEmpty ? '없음' : free})`,
    },
  ];
}

/** The trap of numbering: whether 0,1 are two cores or one depends on the machine. */
function siblingNote({ groups }: Topology): Sentence[] {
  const [first, second] = groups.core.filter(({ cpus }) => cpus.size > 1);
  if (first === undefined) return [];
  const pair = second === undefined ? '' : `${first.cpus.first},${second.cpus.first}`;
  return [
    {
      en: `Note: ${first.cpus} is one core.${pair === '' ? '' : ` For two cores take ${pair};`} for one CPU of each core smt:0.`,
      ko: `참고: ${first.cpus}은(는) 한 코어입니다.${pair === '' ? '' : ` 코어 두 개는 ${pair},`} 코어마다 CPU 하나는 smt:0입니다.`,
    },
  ];
}

function stateParts(topology: Topology, look: Look): string[] {
  const none = look.say({ en: 'none', ko: '없음' });
  const unknown = look.unicode ? '—' : '-';
  const text = (set: Maybe<CpuSet>) => (isMissing(set) ? unknown : set.isEmpty ? none : `${set}`);
  const forbidden = isMissing(topology.allowed) ? topology.allowed : topology.online.minus(topology.allowed);
  return [
    `${look.say({ en: 'offline', ko: '오프라인' })} ${text(topology.offline)}`,
    `${look.say({ en: 'isolated', ko: '격리' })} ${text(topology.isolated)}`,
    ...(isMissing(topology.nohzFull) || topology.nohzFull.isEmpty ? [] : [`nohz_full ${topology.nohzFull}`]),
    `${look.say({ en: 'not allowed for you', ko: '사용 불가' })} ${text(forbidden)}`,
    ...coreTypeParts(topology, look),
  ];
}

function coreTypeParts({ cpus, coreTypeSource }: Topology, look: Look): string[] {
  if (coreTypeSource === null) return [look.say({ en: 'core types: one', ko: '코어 종류: 하나' })];
  return CORE_TYPES.flatMap((type) => {
    const members = cpus.filter(({ coreType }) => coreType === type).map(({ cpu }) => cpu);
    return members.length === 0 ? [] : [`type:${type} ${CpuSet.from(members)}`];
  });
}
