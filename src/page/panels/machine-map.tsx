/** The machine as it is built: packages, LLC domains, CPUs with their load, and where the threads are and came from. */
import type { CpuSet } from '../../base/cpu-set.ts';
import { isMissing } from '../../base/missing.ts';
import type { WatchFrame } from '../../model/watch/frame.ts';
import { Card } from '../card.tsx';
import type { TopologyCpu } from '../documents.ts';
import { words } from '../language.ts';
import { frames, lastFrame, lastTarget, topology } from '../state.ts';

const CELL = { width: 76, height: 62 };
const GAP = 8;
const COLUMNS = 8;
const HEADING = 22;

interface Place {
  readonly cpu: TopologyCpu;
  readonly x: number;
  readonly y: number;
}

interface Domain {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Drawing {
  readonly places: ReadonlyMap<number, Place>;
  readonly domains: readonly Domain[];
  readonly width: number;
  readonly height: number;
}

/** CPUs that can be chosen on the map. */
export interface CpuChoice {
  readonly selected: CpuSet;
  readonly toggle: (cpu: number) => void;
}

export interface MachineMapProps {
  readonly title?: string;
  readonly choice?: CpuChoice;
}

export function MachineMap({ title: given, choice }: MachineMapProps) {
  const machine = topology.value;
  const frame = lastFrame.value;
  if (machine === null || frame === null) return null;
  const drawing = layOut(machine.cpus);
  const moved = lastMoves(frames.value);
  const title = given ?? words('Where the threads are', '스레드의 위치');
  return (
    <Card width={12} title={title} hint={machine.model ?? ''}>
      <svg
        class="map"
        style={{ maxWidth: `${drawing.width}px` }}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        role={choice === undefined ? 'img' : 'group'}
        aria-label={choice === undefined ? spoken() : title}
      >
        {drawing.domains.map((domain) => (
          <g key={`${domain.x},${domain.y}`}>
            <rect class="llc" x={domain.x} y={domain.y} width={domain.width} height={domain.height} rx="8" />
            <text x={domain.x + 9} y={domain.y + 15}>
              {domain.name}
            </text>
          </g>
        ))}
        {[...drawing.places.values()].map((place) => (
          <CpuCell key={place.cpu.cpu} place={place} frame={frame} choice={choice} />
        ))}
        <Moves moved={moved} drawing={drawing} />
        <Chips drawing={drawing} />
      </svg>
      <p class="legend">
        <span>
          <i class="sw mine" /> {lastTarget.value?.comm}
        </span>
        <span>
          <i class="sw others" /> {words('others', '다른 태스크')}
        </span>
        <span>
          <i class="sw idle" /> {words('idle', '유휴')}
        </span>
        <span>
          <i class="sw near" /> {words('move within an LLC', 'LLC 안의 이동')}
        </span>
        <span>
          <i class="sw far" /> {words('move to another LLC', '다른 LLC로 이동')}
        </span>
      </p>
    </Card>
  );
}

function llcOf({ caches, packageCpus }: TopologyCpu): string {
  const deepest = [...caches].sort((a, b) => b.level - a.level)[0];
  return deepest?.cpus ?? packageCpus ?? '';
}

function byDomain(cpus: readonly TopologyCpu[]): ReadonlyMap<string, TopologyCpu[]> {
  const domains = new Map<string, TopologyCpu[]>();
  for (const cpu of cpus) {
    const name = llcOf(cpu);
    const members = domains.get(name);
    if (members === undefined) domains.set(name, [cpu]);
    else members.push(cpu);
  }
  return domains;
}

/** Domains one below the other, CPUs in rows of eight. */
function layOut(cpus: readonly TopologyCpu[]): Drawing {
  const places = new Map<number, Place>();
  const domains: Domain[] = [];
  let y = 0;
  let width = 0;
  for (const [name, members] of byDomain(cpus)) {
    members.forEach((cpu, i) => {
      places.set(cpu.cpu, {
        cpu,
        x: GAP + (i % COLUMNS) * (CELL.width + GAP),
        y: y + HEADING + Math.floor(i / COLUMNS) * (CELL.height + GAP),
      });
    });
    const columns = Math.min(COLUMNS, members.length);
    const height = HEADING + Math.ceil(members.length / COLUMNS) * (CELL.height + GAP);
    const domain = {
      name: `LLC ${name}`,
      x: 1,
      y: y + 1,
      width: GAP + columns * (CELL.width + GAP),
      height: height - 2,
    };
    domains.push(domain);
    width = Math.max(width, domain.width);
    y += height + GAP;
  }
  return { places, domains, width: width + 2, height: y };
}

interface CpuCellProps {
  readonly place: Place;
  readonly frame: WatchFrame;
  readonly choice: CpuChoice | undefined;
}

/** What makes a cell a box to tick: for the pointer, the keyboard and screen readers. */
function boxOf({ cpu, usable, unusableBecause }: TopologyCpu, { selected, toggle }: CpuChoice) {
  if (!usable)
    return {
      role: 'checkbox',
      'aria-disabled': true,
      'aria-checked': false,
      'aria-label': `CPU ${cpu}: ${unusableBecause ?? ''}`,
    } as const;
  return {
    role: 'checkbox',
    // As SVG has it: attributes there are told apart by case.
    tabindex: 0,
    'aria-label': `CPU ${cpu}`,
    'aria-checked': selected.has(cpu),
    onClick: () => toggle(cpu),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      toggle(cpu);
    },
  } as const;
}

function CpuCell({ place: { cpu, x, y }, frame, choice }: CpuCellProps) {
  const load = isMissing(frame.machine.cpus)
    ? undefined
    : frame.machine.cpus.find((one) => one.cpu === cpu.cpu);
  const mineNs = lastTarget.value?.activity.cpus.find((one) => one.cpu === cpu.cpu)?.runTimeNs ?? 0;
  const minePct = Math.min(100, (100 * mineNs) / frame.elapsedNs);
  const busyPct = load?.busyPct ?? 0;
  const width = CELL.width - 12;
  return (
    <g {...(choice === undefined ? {} : boxOf(cpu, choice))}>
      {cpu.usable ? null : <title>{cpu.unusableBecause}</title>}
      <rect
        class={cpu.usable ? 'cpu' : 'cpu off'}
        x={x}
        y={y}
        width={CELL.width}
        height={CELL.height}
        rx="5"
      />
      <text class="number" x={x + 7} y={y + 16}>
        {cpu.cpu}
      </text>
      <text x={x + CELL.width - 7} y={y + 16} text-anchor="end">
        {load === undefined ? '—' : `${busyPct.toFixed(0)} %`}
      </text>
      <rect class="idle" x={x + 6} y={y + CELL.height - 11} width={width} height="6" />
      <rect
        class="others"
        x={x + 6}
        y={y + CELL.height - 11}
        width={(width * Math.max(busyPct, minePct)) / 100}
        height="6"
      />
      <rect class="mine" x={x + 6} y={y + CELL.height - 11} width={(width * minePct) / 100} height="6" />
    </g>
  );
}

/** The busiest threads, as a chip with the first letter on the CPU they were on last. */
const MOST_CHIPS = 12;

function Chips({ drawing }: { readonly drawing: Drawing }) {
  const busiest = [...(lastTarget.value?.threads ?? [])]
    .sort((a, b) => (isMissing(b.runTimeNs) ? 0 : b.runTimeNs) - (isMissing(a.runTimeNs) ? 0 : a.runTimeNs))
    .slice(0, MOST_CHIPS);
  const taken = new Map<number, number>();
  return (
    <>
      {busiest.map((thread) => {
        const place = drawing.places.get(thread.cpu);
        if (place === undefined) return null;
        const before = taken.get(thread.cpu) ?? 0;
        taken.set(thread.cpu, before + 1);
        const [x, y] = [place.x + 16 + (before % 3) * 22, place.y + 33 + Math.floor(before / 3) * 4];
        return (
          <g key={thread.tid} class="chip" style={{ transform: `translate(${x}px, ${y}px)` }}>
            <title>{`${thread.comm} ${thread.tid}`}</title>
            <circle r="9" />
            <text text-anchor="middle" dy="3.5">
              {[...thread.comm][0] ?? '?'}
            </text>
          </g>
        );
      })}
    </>
  );
}

interface Move {
  readonly tid: number;
  readonly from: number;
  readonly to: number;
}

/** Threads that were on another CPU at the end of the interval before. */
function lastMoves(all: readonly WatchFrame[]): readonly Move[] {
  const [before, after] = [all.at(-2), all.at(-1)];
  const was = new Map(before?.targets[0]?.threads.map(({ tid, cpu }) => [tid, cpu]));
  return (after?.targets[0]?.threads ?? []).flatMap(({ tid, cpu }) => {
    const from = was.get(tid);
    return from === undefined || from === cpu ? [] : [{ tid, from, to: cpu }];
  });
}

function Moves({ moved, drawing }: { readonly moved: readonly Move[]; readonly drawing: Drawing }) {
  return (
    <>
      {moved.slice(0, MOST_CHIPS).map(({ tid, from, to }) => {
        const [a, b] = [drawing.places.get(from), drawing.places.get(to)];
        if (a === undefined || b === undefined) return null;
        const [x1, y1, x2, y2] = [a.x + CELL.width / 2, a.y + 33, b.x + CELL.width / 2, b.y + 33];
        const isFar = llcOf(a.cpu) !== llcOf(b.cpu);
        const path = `M${x1} ${y1} Q${(x1 + x2) / 2} ${Math.min(y1, y2) - 26} ${x2} ${y2}`;
        return <path key={tid} class={isFar ? 'move far' : 'move'} d={path} />;
      })}
    </>
  );
}

function spoken(): string {
  const threads = lastTarget.value?.threads ?? [];
  return threads
    .slice(0, MOST_CHIPS)
    .map(({ comm, cpu }) => words(`${comm} on CPU ${cpu}`, `${comm}은(는) CPU ${cpu}`))
    .join(', ');
}
