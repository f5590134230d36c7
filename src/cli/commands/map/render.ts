/** `keel map` as lines for people. */
import { isMissing } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { MappingKind } from '../../../model/faults/places.ts';
import {
  type MappedPages,
  type MemoryGroup,
  type MemoryMap,
  memoryGroups,
  memoryStrip,
  totalOf,
} from '../../../model/memory-map.ts';
import { barRow, horizontalBar } from '../../output/bars.ts';
import { formatBytes } from '../../output/format.ts';
import { cutMiddle, type Look, padEnd, safeName } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { tableLines } from '../../output/table.ts';
import { flow, wrap } from '../../output/wrap.ts';
import { rightsOf } from './json.ts';

export interface View {
  readonly show: number;
  /** Each mapping for itself, instead of groups. */
  readonly each: boolean;
}

const BAR_WIDTH = 12;
const NAME_WIDTH = 28;

export function mapLines(map: MemoryMap, { show, each }: View, look: Look): string[] {
  const groups = memoryGroups(map.mappings);
  const rows = each ? map.mappings.length : groups.length;
  return [
    ...headLines(map, totalOf(groups), look),
    ...(each ? mappingTable(map.mappings.slice(0, show), look) : groupTable(groups.slice(0, show), look)),
    ...moreLine(rows, Math.min(show, rows), look),
    ...(each ? [] : stripLines(map.mappings, look)),
    ...unknownLines(map, look),
  ];
}

function headLines(map: MemoryMap, total: MemoryGroup, look: Look): string[] {
  const resident = formatBytes(total.residentBytes);
  const mapped = formatBytes(total.mappedBytes);
  const name = `${safeName(map.comm)} ${map.tgid}`;
  const head = look.say({
    en: `${resident} resident of ${mapped} mapped`,
    ko: `매핑된 ${mapped} 중 ${resident} 상주`,
  });
  const nodes = isMissing(map.byNode) ? [] : [...map.byNode];
  const parts = [
    `${name}  ${look.colors.bold(head)}`,
    ...(total.swapBytes > 0
      ? [`${look.say({ en: 'swap', ko: '스왑' })} ${formatBytes(total.swapBytes)}`]
      : []),
    ...(total.lockedBytes > 0
      ? [`${look.say({ en: 'locked', ko: '잠김' })} ${formatBytes(total.lockedBytes)}`]
      : []),
    ...(nodes.length > 1
      ? nodes.map(([node, bytes]) => `${look.say({ en: 'node', ko: '노드' })} ${node}: ${formatBytes(bytes)}`)
      : []),
  ];
  return flow(parts, look.width, ', ');
}

function groupTable(groups: readonly MemoryGroup[], look: Look): string[] {
  const rows = groups.map((group) => [
    cutMiddle(look.say(groupName(group)), NAME_WIDTH, look.unicode),
    formatBytes(group.residentBytes),
    formatBytes(group.mappedBytes),
    bar(group.residentBytes / group.mappedBytes, look),
    notes(group, look),
  ]);
  return tableLines(
    [
      { title: `  ${look.say({ en: 'memory', ko: '메모리' })}` },
      { title: look.say({ en: 'resident', ko: '상주' }), align: 'right' },
      { title: look.say({ en: 'mapped', ko: '매핑' }), align: 'right' },
      { title: '' },
      { title: '' },
    ],
    rows.map(([name = '', ...rest]) => [`  ${name}`, ...rest]),
  );
}

/** Full and empty cells: how much is there shows without a scale. */
function bar(ratio: number, look: Look): string {
  const full = horizontalBar(Math.min(1, ratio), BAR_WIDTH, look);
  return padEnd(full, BAR_WIDTH).replaceAll(' ', look.unicode ? '░' : '.');
}

const KIND_NAMES: Readonly<Record<MappingKind, Sentence>> = {
  file: { en: 'file', ko: '파일' },
  heap: { en: 'heap', ko: '힙' },
  stack: { en: 'stacks', ko: '스택' },
  anonymous: { en: 'anonymous', ko: '익명 메모리' },
  'shared-memory': { en: 'shared memory', ko: '공유 메모리' },
  kernel: { en: "the kernel's", ko: '커널 영역' },
  unknown: { en: 'other', ko: '기타' },
};

function groupName({ kind, path, mappings }: MemoryGroup): Sentence {
  if (path !== '') return { en: safeName(path), ko: safeName(path) };
  const { en, ko } = KIND_NAMES[kind];
  return mappings > 1 ? { en: `${en} (${mappings})`, ko: `${ko} (${mappings})` } : { en, ko };
}

function notes(group: MemoryGroup, look: Look): string {
  const { residentBytes, swapBytes, hugeBytes, lockedBytes, dirtyBytes } = group;
  const some = (bytes: number, sentence: Sentence) => (bytes > 0 ? [look.say(sentence)] : []);
  const share = (bytes: number) => `${Math.round((100 * bytes) / Math.max(1, residentBytes))} %`;
  const dirty =
    group.kind === 'file' || group.kind === 'shared-memory'
      ? [
          look.say(
            dirtyBytes > 0
              ? { en: `dirty ${formatBytes(dirtyBytes)}`, ko: `더티 ${formatBytes(dirtyBytes)}` }
              : { en: 'clean', ko: '변경 없음' },
          ),
        ]
      : [];
  return [
    ...some(swapBytes, { en: `swap ${formatBytes(swapBytes)}`, ko: `스왑 ${formatBytes(swapBytes)}` }),
    ...some(hugeBytes, { en: `huge ${share(hugeBytes)}`, ko: `거대 페이지 ${share(hugeBytes)}` }),
    ...some(lockedBytes, { en: `locked ${share(lockedBytes)}`, ko: `잠김 ${share(lockedBytes)}` }),
    ...dirty,
  ].join(', ');
}

function mappingTable(mappings: readonly MappedPages[], look: Look): string[] {
  const rows = mappings.map((mapping) => [
    mapping.address.toString(16),
    formatBytes(mapping.bytes),
    rightsOf(mapping),
    formatBytes(mapping.residentBytes),
    mapping.swapBytes === 0 ? '' : formatBytes(mapping.swapBytes),
    mapping.isLocked ? look.say({ en: 'locked', ko: '잠김' }) : '',
    cutMiddle(safeName(mapping.path || look.say(KIND_NAMES[mapping.kind])), NAME_WIDTH, look.unicode),
  ]);
  return tableLines(
    [
      { title: look.say({ en: 'address', ko: '주소' }) },
      { title: look.say({ en: 'size', ko: '크기' }), align: 'right' },
      { title: look.say({ en: 'rights', ko: '권한' }) },
      { title: look.say({ en: 'resident', ko: '상주' }), align: 'right' },
      { title: look.say({ en: 'swap', ko: '스왑' }), align: 'right' },
      { title: '' },
      { title: look.say({ en: 'what', ko: '내용' }) },
    ],
    rows,
  );
}

const LETTERS: Readonly<Record<MappingKind, string>> = {
  file: 'f',
  heap: 'h',
  stack: 's',
  anonymous: 'a',
  'shared-memory': 'm',
  kernel: 'k',
  unknown: '?',
};

/** The address space from low to high: how full each part is, and what it is. */
function stripLines(mappings: readonly MappedPages[], look: Look): string[] {
  const strip = memoryStrip(mappings, look.width - 2);
  if (strip.length === 0) return [];
  const heights = strip.map((cell) => cell.residentRatio);
  const used = new Set(strip.map((cell) => cell.kind));
  const legend = [...used].map((kind) => `${LETTERS[kind]} ${look.say(KIND_NAMES[kind])}`).join(', ');
  return [
    look.say({ en: 'Low addresses to high, gaps left out:', ko: '낮은 주소에서 높은 주소로, 빈 곳은 생략:' }),
    `  ${barRow(heights, 1, look)}`.trimEnd(),
    `  ${strip.map((cell) => LETTERS[cell.kind]).join('')}`,
    ...wrap(legend, look.width - 2).map((line) => look.colors.dim(`  ${line}`)),
  ];
}

function unknownLines({ unknownStacks }: MemoryMap, look: Look): string[] {
  if (unknownStacks === 0) return [];
  const text: Sentence = {
    en: `Stacks of threads that were running (${unknownStacks}) are among the anonymous memory.`,
    ko: `실행 중이던 스레드(${unknownStacks}개)의 스택은 익명 메모리에 들어 있습니다.`,
  };
  return wrap(look.say(text), look.width).map(look.colors.dim);
}
