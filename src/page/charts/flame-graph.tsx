/** A flame graph: bars as wide as what their code took, striped by cause. One stop for Tab; arrows move, Enter zooms. */
import './flame-graph.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CAUSE_COLOURS, CAUSE_NAMES } from '../../model/faults/cause.ts';
import {
  FLAME_COLUMN,
  FLAME_ROOT,
  type FlameMetric,
  type FlameSums,
  flameChildren,
  flameNeighbour,
  flameStripes,
  layOutFlame,
  sumFlame,
  sumFound,
} from '../../model/stacks/flame-layout.ts';
import type { ProfileDocument } from '../documents.ts';
import { countText, pctText, timeText } from '../format.ts';
import { say, words } from '../language.ts';
import { FlameTable } from './flame-table.tsx';

const ROW_PX = 21;
/** A bar and a half pixel at the width of the page. */
const LEAST_PCT = 0.12;
const EMPTY_COLOUR = '#6a7680';

export interface Flame {
  readonly profile: ProfileDocument;
  readonly children: readonly (readonly number[])[];
  readonly sums: Readonly<Record<FlameMetric, FlameSums>>;
  readonly metric: FlameMetric;
  readonly zoom: number;
}

export function nameOf({ profile }: Flame, node: number): string {
  return node === FLAME_ROOT ? words('all', '전체') : (labelOf(profile, node)?.name ?? '');
}

export function binaryOf({ profile }: Flame, node: number): string {
  return node === FLAME_ROOT ? '' : (labelOf(profile, node)?.binary ?? '');
}

function labelOf({ labels, frames }: ProfileDocument, node: number) {
  return labels[frames[node] ?? 0];
}

/** A share of all, as text. */
export function shareOf({ sums, metric }: Flame, node: number, of = FLAME_ROOT): string {
  const { totals } = sums[metric];
  return pctText((100 * (totals[node] ?? 0)) / Math.max(1, totals[of] ?? 0));
}

function useFlame(profile: ProfileDocument, metric: FlameMetric, zoom: number): Flame {
  const { sums, children } = useMemo(() => {
    const tree = { ...profile, causes: profile.causes.length };
    return {
      sums: { stall: sumFlame(tree, FLAME_COLUMN.stall), faults: sumFlame(tree, FLAME_COLUMN.faults) },
      children: flameChildren(profile.parents),
    };
  }, [profile]);
  return { profile, sums, children, metric, zoom };
}

export function FlameGraph({ profile }: { readonly profile: ProfileDocument }) {
  const [metric, setMetric] = useState<FlameMetric>('stall');
  const [zoom, setZoom] = useState(FLAME_ROOT);
  const [told, setTold] = useState(FLAME_ROOT);
  const [sought, setSought] = useState('');
  const [asTable, setAsTable] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const flame = useFlame(profile, metric, zoom);
  const go = (node: number) => {
    setZoom(node);
    setTold(node);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === search.current) return;
    if (event.key === 'Escape') go(FLAME_ROOT);
    else if (event.key === '/') search.current?.focus();
    else if (event.key === 's') setMetric(metric === 'stall' ? 'faults' : 'stall');
    else if (event.key === 't') setAsTable(!asTable);
    else return;
    event.preventDefault();
  };
  return (
    <section class="flame" aria-label={words('Page faults by code', '코드별 페이지 폴트')} onKeyDown={onKey}>
      <Controls
        metric={metric}
        choose={setMetric}
        asTable={asTable}
        show={setAsTable}
        search={search}
        sought={sought}
        seek={setSought}
        found={sought === '' ? '' : foundText(flame, sought)}
      />
      {asTable ? (
        <FlameTable flame={flame} zoomTo={go} />
      ) : (
        <Bars flame={flame} sought={sought} told={told} tell={setTold} zoomTo={go} />
      )}
      <output>{toldText(flame, told)}</output>
      <Legend flame={flame} />
      <p class="foot">
        {words(
          'Enter or click: zoom. Esc: all. Arrows: move. s: stall or count. t: table. /: search.',
          'Enter 또는 클릭: 확대. Esc: 전체. 화살표: 이동. s: 정지 시간/횟수. t: 표. /: 검색.',
        )}
      </p>
    </section>
  );
}

interface ControlsProps {
  readonly metric: FlameMetric;
  readonly choose: (metric: FlameMetric) => void;
  readonly asTable: boolean;
  readonly show: (asTable: boolean) => void;
  readonly search: { current: HTMLInputElement | null };
  readonly sought: string;
  readonly seek: (text: string) => void;
  readonly found: string;
}

function Controls({ metric, choose, asTable, show, search, sought, seek, found }: ControlsProps) {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    seek('');
    search.current?.blur();
  };
  return (
    <div class="controls">
      <span class="seg">
        <button type="button" aria-pressed={metric === 'stall'} onClick={() => choose('stall')}>
          {words('Stall time', '정지 시간')}
        </button>
        <button type="button" aria-pressed={metric === 'faults'} onClick={() => choose('faults')}>
          {words('Count', '횟수')}
        </button>
      </span>
      <span class="seg">
        <button type="button" aria-pressed={!asTable} onClick={() => show(false)}>
          {words('Graph', '그래프')}
        </button>
        <button type="button" aria-pressed={asTable} onClick={() => show(true)}>
          {words('Table', '표')}
        </button>
      </span>
      <input
        ref={search}
        type="search"
        placeholder={words('function', '함수')}
        aria-label={words('search functions', '함수 검색')}
        value={sought}
        onInput={(event) => seek(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <span class="hint" role="status">
        {found}
      </span>
    </div>
  );
}

interface BarsProps {
  readonly flame: Flame;
  readonly sought: string;
  readonly told: number;
  readonly tell: (node: number) => void;
  readonly zoomTo: (node: number) => void;
}

function Bars({ flame, sought, told, tell, zoomTo }: BarsProps) {
  const { profile, children, sums, metric, zoom } = flame;
  const graph = useRef<HTMLDivElement>(null);
  const { totals } = sums[metric];
  const { parents } = profile;
  const bars = useMemo(
    () => layOutFlame({ parents, children, totals, zoom, width: 100, leastWide: LEAST_PCT }),
    [parents, children, totals, zoom],
  );
  // The one that was zoomed to is drawn anew, and would lose the focus.
  useEffect(() => {
    if (graph.current?.contains(document.activeElement)) focusOn(zoom);
  }, [zoom]);
  const focusOn = (node: number) =>
    graph.current?.querySelector<HTMLElement>(`[data-node="${node}"]`)?.focus();
  const move = (event: KeyboardEvent) => {
    const to = flameNeighbour(event.key, told, { parents, children, totals });
    if (to === undefined) return;
    event.preventDefault();
    focusOn(to);
  };
  const colours = coloursOf(profile);
  const stop = bars.some(({ node }) => node === told) ? told : zoom;
  return (
    <div
      ref={graph}
      class="graph"
      role="tree"
      tabIndex={-1}
      aria-label={words('stacks, callers above', '스택, 위가 호출한 쪽')}
      style={{ height: `${((bars.at(-1)?.depth ?? 0) + 1) * ROW_PX}px` }}
      onKeyDown={move}
    >
      {bars.map(({ node, left, wide, depth, outside }) => (
        <button
          key={node}
          type="button"
          role="treeitem"
          aria-level={depth + 1}
          aria-label={`${nameOf(flame, node)}, ${amountText(flame, node)}`}
          data-node={node}
          tabIndex={node === stop ? 0 : -1}
          class={barClass(flame, node, sought, outside)}
          style={{
            left: `${left}%`,
            width: `${wide}%`,
            top: `${depth * ROW_PX}px`,
            background: flameStripes(node, sums[metric], colours, EMPTY_COLOUR),
          }}
          onClick={() => zoomTo(node)}
          onFocus={() => tell(node)}
          onMouseEnter={() => tell(node)}
        >
          {wide > 1 ? nameOf(flame, node) : ''}
        </button>
      ))}
    </div>
  );
}

function isFound(flame: Flame, node: number, sought: string): boolean {
  return nameOf(flame, node).toLowerCase().includes(sought.trim().toLowerCase());
}

function barClass(flame: Flame, node: number, sought: string, outside: boolean): string {
  if (sought.trim() === '') return outside ? 'bar faded' : 'bar';
  return node !== FLAME_ROOT && isFound(flame, node, sought) ? 'bar found' : 'bar faded';
}

function foundText(flame: Flame, sought: string): string {
  const { profile, sums, metric } = flame;
  const { totals } = sums[metric];
  const sum = sumFound(profile.parents, totals, (node) => isFound(flame, node, sought));
  const share = pctText((100 * sum) / Math.max(1, totals[FLAME_ROOT] ?? 0));
  return words(`found: ${share}`, `찾음: ${share}`);
}

function coloursOf({ causes }: ProfileDocument): readonly string[] {
  const known = Object.keys(CAUSE_NAMES);
  return causes.map((cause) => CAUSE_COLOURS[known.indexOf(cause)] ?? EMPTY_COLOUR);
}

/** One that this page does not know yet is shown as it is called. */
export function causeName(cause: string): string {
  const names: Readonly<Record<string, (typeof CAUSE_NAMES)['unknown']>> = CAUSE_NAMES;
  const name = names[cause];
  return name === undefined ? cause : say(name);
}

function amountText({ sums }: Flame, node: number): string {
  const [stallNs, faults] = [sums.stall.totals[node] ?? 0, sums.faults.totals[node] ?? 0];
  const pct = (value: number, all: number) => pctText((100 * value) / Math.max(1, all));
  const [ofStall, ofFaults] = [
    pct(stallNs, sums.stall.totals[FLAME_ROOT] ?? 0),
    pct(faults, sums.faults.totals[FLAME_ROOT] ?? 0),
  ];
  return words(
    `${timeText(stallNs)} stalled (${ofStall}), ${countText(faults)} faults (${ofFaults})`,
    `${timeText(stallNs)} 정지 (${ofStall}), 폴트 ${countText(faults)}회 (${ofFaults})`,
  );
}

/** What a node consists of, the largest first. */
function causesOf({ profile, sums, metric }: Flame, node: number) {
  const { byCause, totals } = sums[metric];
  return profile.causes
    .map((cause, i) => ({
      cause,
      colour: coloursOf(profile)[i] ?? EMPTY_COLOUR,
      part: (byCause[node * profile.causes.length + i] ?? 0) / (totals[node] || 1),
    }))
    .filter(({ part }) => part > 0)
    .sort((a, b) => b.part - a.part);
}

function toldText(flame: Flame, node: number): string {
  const causes = causesOf(flame, node).map(({ cause, part }) => `${causeName(cause)} ${pctText(100 * part)}`);
  const binary = binaryOf(flame, node);
  return `${nameOf(flame, node)}${binary === '' ? '' : `  ${binary}`}: ${amountText(flame, node)}. ${causes.join(', ')}`;
}

function Legend({ flame }: { readonly flame: Flame }) {
  return (
    <ul class="legend">
      {causesOf(flame, flame.zoom).map(({ cause, colour, part }) => (
        <li key={cause}>
          <i class="sw" style={{ background: colour }} /> {causeName(cause)} {pctText(100 * part)}
        </li>
      ))}
    </ul>
  );
}
