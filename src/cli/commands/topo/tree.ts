/** The nested groups of a machine as a tree of lines. */
import { CpuSet } from '../../../base/cpu-set.ts';
import { orNull } from '../../../base/missing.ts';
import type { CpuGroup } from '../../../model/cpu-groups.ts';
import type { NodeTopology } from '../../../model/topology.ts';
import { type Box, type BoxLabel, shapeOf } from '../../../model/topology-tree.ts';
import { formatBytes } from '../../output/format.ts';
import { cells, type Look } from '../../output/look.ts';
import { flow } from '../../output/wrap.ts';

/** An answer is one screen: larger trees fold parts that are alike, unless everything is asked for. */
const FOLD_ABOVE_LINES = 14;
const SHOWN_OF_ALIKE = 2;
const FOLD_ABOVE_CORES = 8;

export function treeLines(root: Box, look: Look, all: boolean): string[] {
  const whole = rootLines(root, look, false);
  return all || whole.length <= FOLD_ABOVE_LINES ? whole : rootLines(root, look, true);
}

function rootLines(root: Box, look: Look, fold: boolean): string[] {
  if (root.labels.length > 0) return boxLines(root, look, '', '', fold);
  return [...childLines(root, look, '', fold, true), ...flow(coreParts(root.cores, fold, look), look.width)];
}

/** @param first what stands before the first line; `rest` before the others */
function boxLines(box: Box, look: Look, first: string, rest: string, fold: boolean): string[] {
  const head = box.labels.map((label) => labelText(label, look));
  const cores = coreParts(box.cores, fold, look);
  const inner = box.cores.length === 0 ? [cpusText(box.cpus, look)] : [];
  // A further line stands three columns in.
  const width = look.width - cells(rest) - 3;
  const lines = flow([...head, ...inner, ...cores], width, '   ');
  return [
    ...lines.map((line, i) =>
      i === 0 ? `${first}${line}` : `${rest}${box.boxes.length > 0 ? bar(look) : '  '} ${line}`,
    ),
    ...childLines(box, look, rest, fold, false),
  ];
}

function bar(look: Look): string {
  return look.unicode ? '│ ' : '| ';
}

function childLines(box: Box, look: Look, before: string, fold: boolean, top: boolean): string[] {
  const rows = fold ? foldAlike(box.boxes) : box.boxes.map((one) => [one]);
  return rows.flatMap((alike, i) => {
    const last = i === rows.length - 1;
    const [one] = alike;
    const [elbow, down] = top ? ['', ''] : branch(last, look);
    if (one === undefined) return [];
    if (alike.length === 1) return boxLines(one, look, before + elbow, before + down, fold);
    return flow(moreParts(alike, look), look.width - cells(before + elbow), ' ').map(
      (line, nth) => before + (nth === 0 ? elbow : down) + line,
    );
  });
}

function branch(last: boolean, look: Look): readonly [elbow: string, down: string] {
  if (!look.unicode) return last ? ['`- ', '   '] : ['|- ', '|  '];
  return last ? ['└─ ', '   '] : ['├─ ', '│  '];
}

/** Runs of the same shape: the first ones alone, the others together. */
function foldAlike(boxes: readonly Box[]): Box[][] {
  const runs: Box[][] = [];
  for (const box of boxes) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && shapeOf(run[0]) === shapeOf(box)) run.push(box);
    else runs.push([box]);
  }
  return runs.flatMap((run) => {
    if (run.length <= SHOWN_OF_ALIKE + 1) return run.map((box) => [box]);
    return [...run.slice(0, SHOWN_OF_ALIKE).map((box) => [box]), run.slice(SHOWN_OF_ALIKE)];
  });
}

function moreParts(alike: readonly Box[], look: Look): string[] {
  const kinds = alike[0]?.labels.map(({ kind }) => kind) ?? [];
  const names = kinds.map((kind) => {
    const numbers = alike.flatMap(({ labels }) => labels.filter((label) => label.kind === kind));
    return `${kind}:${CpuSet.from(numbers.map(({ number }) => number))}`;
  });
  const cpus = alike.map((box) => box.cpus).reduce((a, b) => a.union(b), CpuSet.EMPTY);
  return [
    look.say({ en: `${alike.length} more alike:`, ko: `같은 모양 ${alike.length}개 더:` }),
    ...names,
    cpusText(cpus, look),
  ];
}

function cpusText(cpus: CpuSet, look: Look): string {
  return look.say({ en: `${cpus.size === 1 ? 'CPU' : 'CPUs'} ${cpus}`, ko: `CPU ${cpus}` });
}

export function labelText(label: BoxLabel, look: Look): string {
  const name = `${label.kind}:${label.number}`;
  if (label.kind === 'llc') {
    const { cache } = label.llc;
    return `${name} ${cache.sizeBytes === null ? `L${cache.level}` : `L${cache.level} ${formatBytes(cache.sizeBytes)}`}`;
  }
  if (label.kind !== 'node') return name;
  const memory = nodeMemory(label.node, look);
  return memory === null ? name : `${name} ${memory}`;
}

export function nodeMemory(node: NodeTopology, look: Look): string | null {
  const memory = orNull(node.memory);
  if (memory === null || memory.totalBytes === null) return null;
  if (memory.totalBytes === 0) return look.say({ en: 'no memory', ko: '메모리 없음' });
  const total = formatBytes(memory.totalBytes);
  if (memory.freeBytes === null) return total;
  const free = formatBytes(memory.freeBytes);
  return look.say({ en: `${total}, ${free} free`, ko: `${total}, 여유 ${free}` });
}

/** `core:0 0,32`; cores of one CPU each as one range; many cores by their first and last. */
function coreParts(cores: readonly CpuGroup[], fold: boolean, look: Look): string[] {
  if (cores.length === 0) return [];
  const indexes = CpuSet.from(cores.map(({ index }) => index));
  const cpus = cores.map((core) => core.cpus).reduce((a, b) => a.union(b), CpuSet.EMPTY);
  if (cores.length > 1 && cores.every((core) => core.cpus.size === 1))
    return [`core:${indexes} ${look.say({ en: 'on CPUs', ko: '· CPU' })} ${cpus}`];
  const text = ({ index, cpus: own }: CpuGroup) => `core:${index} ${own}`;
  if (!fold || cores.length <= FOLD_ABOVE_CORES) return cores.map(text);
  const ends = [cores[0], cores[1], cores.at(-1)].flatMap((core) => (core === undefined ? [] : [text(core)]));
  const [one = '', two = '', last = ''] = ends;
  const count = look.say({ en: `${cores.length} cores:`, ko: `코어 ${cores.length}개:` });
  return [`${count} ${one}`, two, `${look.unicode ? '…' : '..'} ${last}`];
}
