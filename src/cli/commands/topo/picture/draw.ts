/**
 * `keel topo --svg`: the machine as nested boxes. Colour tells the NUMA node, and never alone: each node is named in its
 * box. CPUs that cannot be used are hatched and say why in the legend and when pointed at.
 */
import { CpuSet } from '../../../../base/cpu-set.ts';
import { orNull } from '../../../../base/missing.ts';
import type { Sentence } from '../../../../base/sentence.ts';
import type { CpuGroup } from '../../../../model/cpu-groups.ts';
import type { CpuTopology, NodeTopology, Topology, Unusable } from '../../../../model/topology.ts';
import { type Box, topologyTree } from '../../../../model/topology-tree.ts';
import {
  escapeXml,
  FONT_PX,
  filling,
  framed,
  inRows,
  rectAt,
  round,
  type Shape,
  sideBySide,
  stacked,
  textAt,
  textLines,
  textPx,
} from '../../../output/drawing/shapes.ts';
import { formatBytes } from '../../../output/format.ts';
import { type Look, safeName } from '../../../output/look.ts';
import { UNUSABLE } from '../reasons.ts';
import { summary } from '../text.ts';
import { labelText } from '../tree.ts';

const CELL_HIGH_PX = 26;
const GAP_PX = 8;
const LIMIT_PX = 1180;
/** Tint, line: of one node. Distinct in lightness too, so that greys and colour-blind eyes tell neighbours apart. */
const NODE_COLOURS = [
  ['#dbe9fb', '#2f6fb8'],
  ['#fde5cf', '#b8621b'],
  ['#d9f0dd', '#2b7d42'],
  ['#f3dcf0', '#97408f'],
  ['#fdf3c4', '#8a7412'],
  ['#d6f1f2', '#19797f'],
  ['#f8dadd', '#b03344'],
  ['#e4e1f6', '#5b4db0'],
] as const;
/** Where the kernel tells no node. */
const NO_NODE = ['#eef0f2', '#66707a'] as const;
/** With more cores than this, the caches inside each would be noise. */
const MOST_DETAILED_CORES = 64;

interface Ink {
  readonly topology: Topology;
  readonly look: Look;
  readonly cpus: ReadonlyMap<number, CpuTopology>;
  readonly cellPx: number;
  readonly detailed: boolean;
}

export function topologySvg(topology: Topology, look: Look): string {
  const last = topology.cpus.at(-1)?.cpu ?? 0;
  const ink: Ink = {
    topology,
    look,
    cpus: new Map(topology.cpus.map((cpu) => [cpu.cpu, cpu])),
    cellPx: Math.max(28, textPx(`${last}`) + 12),
    detailed: topology.groups.core.length <= MOST_DETAILED_CORES,
  };
  const title = look.say(summary(topology));
  const picture = stacked(
    [
      textLines([title], 'title'),
      textLines(topology.model === null ? [] : [safeName(topology.model)], 'dim'),
      textLines(topology.contradictions.map(({ what }) => `! ${look.say(what)}`)),
      machine(ink),
      outside(ink),
      legend(ink),
    ],
    12,
  );
  const width = round(picture.width + 40);
  const height = round(picture.height + 40);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, 'DejaVu Sans', 'Noto Sans KR', sans-serif" font-size="${FONT_PX}">`,
    `<title>${escapeXml(title)}</title>`,
    STYLE,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    picture.draw(20, 20),
    '</svg>\n',
  ].join('\n');
}

const STYLE = `<style>text{fill:#14202b}.title{font-weight:600}.dim{fill:#43515d}.n{text-anchor:middle}</style>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/><rect width="2" height="6" fill="#8b95a0"/></pattern></defs>`;

function machine(ink: Ink): Shape {
  const root = topologyTree(ink.topology);
  return root.labels.length > 0 ? boxShape(root, ink, LIMIT_PX) : insideBox(root, ink, LIMIT_PX);
}

function boxShape(box: Box, ink: Ink, limitPx: number): Shape {
  const node = nodeOf(box, ink);
  const [tint, line] = coloursOf(node, ink);
  // The tint begins where a box lies in one node, the frame tells the nesting.
  const fill = node === null ? '#ffffff' : tint;
  const title = textLines(titleLines(box, ink), 'title');
  return framed(
    stacked([title, insideBox(box, ink, limitPx - 2 * GAP_PX)], 6),
    GAP_PX,
    `rx="5" fill="${fill}" stroke="${line}"`,
  );
}

/** A title takes as many lines as labels when the box is small. */
function titleLines(box: Box, ink: Ink): string[] {
  const labels = box.labels.map((label) => labelText(label, ink.look));
  const room = Math.max(160, Math.sqrt(box.cpus.size) * ink.cellPx * 2);
  const lines: string[] = [];
  for (const label of labels) {
    const last = lines.at(-1);
    if (last !== undefined && textPx(`${last}   ${label}`) <= room)
      lines[lines.length - 1] = `${last}   ${label}`;
    else lines.push(label);
  }
  return lines;
}

function insideBox(box: Box, ink: Ink, limitPx: number): Shape {
  const inCores = new Set(box.cores.flatMap(({ cpus }) => cpus.ids()));
  const inBoxes = new Set(box.boxes.flatMap(({ cpus }) => cpus.ids()));
  // Where the kernel tells no cores, CPUs stand alone.
  const bare = box.cpus.ids().filter((cpu) => !inCores.has(cpu) && !inBoxes.has(cpu));
  return stacked(
    [
      inRows(
        [...box.cores.map((core) => coreShape(core, ink)), ...bare.map((cpu) => cpuShape(cpu, ink))],
        6,
        limitPx,
      ),
      inRows(
        box.boxes.map((inner) => boxShape(inner, ink, limitPx)),
        GAP_PX,
        limitPx,
      ),
    ],
    GAP_PX,
  );
}

function coreShape(core: CpuGroup, ink: Ink): Shape {
  const first = ink.cpus.get(core.cpus.first ?? -1);
  const cells = inRows(
    core.cpus.ids().map((cpu) => cpuShape(cpu, ink)),
    3,
    4 * ink.cellPx + 9,
  );
  if (!ink.detailed) return framed(cells, 4, 'rx="3" fill="#ffffff" stroke="#9aa5af"');
  const own = first?.caches.filter((cache) => cache.cpus.equals(core.cpus)) ?? [];
  const caches = own.map(({ level, type, sizeBytes }) => {
    const kind = type === 'Data' ? 'd' : type === 'Instruction' ? 'i' : '';
    return `L${level}${kind}${sizeBytes === null ? '' : ` ${formatBytes(sizeBytes)}`}`;
  });
  const type = first?.coreType;
  const name = [`core:${core.index}`, ...(type ? [type] : [])];
  return framed(
    stacked([textLines(name), cells, textLines(caches, 'dim')], 3),
    5,
    'rx="3" fill="#ffffff" stroke="#9aa5af"',
  );
}

function cpuShape(cpu: number, ink: Ink): Shape {
  const info = ink.cpus.get(cpu);
  const [tint, line] = coloursOf(info?.node ?? null, ink);
  const because = info?.unusableBecause ?? null;
  const fill = because === null ? tint : 'url(#hatch)';
  const why = because === null ? '' : `: ${ink.look.say(UNUSABLE[because])}`;
  const number = `${cpu}`;
  return {
    width: ink.cellPx,
    height: CELL_HIGH_PX,
    draw(x, y) {
      const middle = x + ink.cellPx / 2;
      // A plate keeps the number readable on the hatching.
      const plate =
        because === null
          ? ''
          : rectAt(
              middle - textPx(number) / 2 - 2,
              y + 5,
              textPx(number) + 4,
              CELL_HIGH_PX - 10,
              'fill="#ffffff"',
            );
      return `<g><title>${escapeXml(`CPU ${cpu}${why}`)}</title>${rectAt(x, y, ink.cellPx, CELL_HIGH_PX, `rx="2" fill="${fill}" stroke="${line}"`)}${plate}${textAt(middle, y + CELL_HIGH_PX / 2 + 4, number, 'n')}</g>`;
    },
  };
}

/** What is in no group: nodes of memory alone, and offline CPUs. */
function outside(ink: Ink): Shape {
  const { topology, look } = ink;
  const lone = topology.nodes
    .filter((node) => orNull(node.cpus)?.overlaps(topology.online) === false)
    .map((node) => loneNode(node, ink));
  const offline = topology.offline.ids();
  const off =
    offline.length === 0
      ? []
      : [
          framed(
            stacked(
              [
                textLines([look.say(UNUSABLE.offline)], 'title'),
                inRows(
                  offline.map((cpu) => cpuShape(cpu, ink)),
                  3,
                  LIMIT_PX / 2,
                ),
              ],
              6,
            ),
            GAP_PX,
            'rx="5" fill="#ffffff" stroke="#9aa5af" stroke-dasharray="4 3"',
          ),
        ];
  return filling([...lone, ...off], GAP_PX, LIMIT_PX);
}

function loneNode(node: NodeTopology, ink: Ink): Shape {
  const [tint, line] = coloursOf(node.node, ink);
  const text = [
    labelText({ kind: 'node', number: node.node, node }, ink.look),
    ink.look.say({ en: 'no CPU', ko: 'CPU 없음' }),
  ];
  return framed(textLines(text, 'title'), GAP_PX, `rx="5" fill="${tint}" stroke="${line}"`);
}

function legend(ink: Ink): Shape {
  const { topology, look } = ink;
  const reasons = [...new Set(topology.cpus.flatMap(({ unusableBecause }) => unusableBecause ?? []))];
  const hatched = reasons.map((reason) => {
    const cpus = topology.cpus.filter((cpu) => cpu.unusableBecause === reason).map(({ cpu }) => cpu);
    return sideBySide([swatch('url(#hatch)', '#66707a'), textLines([reasonText(reason, cpus, look)])], 6);
  });
  // With more nodes colours repeat; their names stand in the boxes anyway.
  const nodes =
    topology.nodes.length > 1 && topology.nodes.length <= NODE_COLOURS.length ? topology.nodes : [];
  const colours = nodes.map(({ node }) => {
    const [tint, line] = coloursOf(node, ink);
    return sideBySide([swatch(tint, line), textLines([`node:${node}`])], 6);
  });
  const how: Sentence = {
    en: 'Each square is a CPU with the kernel’s number; squares in one box share a core.',
    ko: '네모 하나가 CPU이고 숫자는 커널 번호입니다. 한 상자 안의 네모는 한 코어를 나눠 씁니다.',
  };
  return stacked([filling([...colours, ...hatched], 16, LIMIT_PX / 2), textLines([look.say(how)], 'dim')], 8);
}

function reasonText(reason: Unusable, cpus: readonly number[], look: Look): string {
  return `${look.say(UNUSABLE[reason])}: ${CpuSet.from(cpus)}`;
}

function swatch(fill: string, line: string): Shape {
  return {
    width: 22,
    height: FONT_PX * 1.35,
    draw: (x, y) => rectAt(x, y + 1, 22, FONT_PX + 1, `rx="2" fill="${fill}" stroke="${line}"`),
  };
}

/** The node in which all of a box lies; null where it spans several or none is known. */
function nodeOf(box: Box, ink: Ink): number | null {
  const nodes = new Set(box.cpus.ids().map((cpu) => ink.cpus.get(cpu)?.node ?? null));
  const [only = null] = nodes;
  return nodes.size === 1 ? only : null;
}

function coloursOf(node: number | null, { topology }: Ink): readonly [tint: string, line: string] {
  const at = topology.nodes.findIndex((one) => one.node === node);
  return NODE_COLOURS[at % NODE_COLOURS.length] ?? NO_NODE;
}
