/** The machine around the process: how busy its CPUs are, and what it is short of. */
import { isMissing, type Maybe } from '../../../base/missing.ts';
import { horizontalBar } from '../../../cli/output/bars.ts';
import { formatBytes, formatPct } from '../../../cli/output/format.ts';
import { type Look, padEnd } from '../../../cli/output/look.ts';
import type { CpuFrame } from '../../../model/watch/frame.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import type { Shown } from '../state.ts';
import { dash, orDash, type Panel } from './panel.ts';

const CELL = 14;
const BAR = 6;

export const machinePanel: Panel = (_, shown, size, look) => {
  const { width, height } = size;
  const { cpus } = shown.entry.frame.machine;
  const title = look.say({ en: 'machine, busy share of each CPU', ko: '컴퓨터, CPU별 사용 비율' });
  const room = Math.max(1, height - 3);
  const bars = isMissing(cpus) ? [dash(look)] : barLines(cpus, width, room, look);
  return boxed(
    [titleLine(title, width, look), ...bars, pressureLine(shown, look), memoryLine(shown, look)].map(
      (line, i) => (i === 0 ? line : fitted(line, width, look)),
    ),
    size,
  );
};

/** The busiest first where not all fit. */
function barLines(cpus: readonly CpuFrame[], width: number, rows: number, look: Look): string[] {
  const perRow = Math.max(1, Math.floor(width / CELL));
  const most = perRow * rows;
  const chosen = cpus.length <= most ? cpus : [...cpus].sort((a, b) => b.busyPct - a.busyPct).slice(0, most);
  const sorted = [...chosen].sort((a, b) => a.cpu - b.cpu);
  return Array.from({ length: Math.ceil(sorted.length / perRow) }, (_, row) =>
    sorted
      .slice(row * perRow, (row + 1) * perRow)
      .map(({ cpu, busyPct }) => {
        const bar = padEnd(horizontalBar(busyPct / 100, BAR, look), BAR);
        return `${String(cpu).padStart(3)} ${look.unicode ? '▕' : '|'}${bar}${look.unicode ? '▏' : '|'}`.padEnd(
          CELL,
        );
      })
      .join(''),
  );
}

function pressureLine({ entry }: Shown, look: Look): string {
  const { cpu, memory, io } = entry.frame.machine.pressurePct;
  const pct = (value: Maybe<number>) => orDash(value, look, formatPct);
  return `PSI  CPU ${pct(cpu.some)}  ${look.say({ en: 'memory', ko: '메모리' })} ${pct(memory.some)}  I/O ${pct(io.some)}`;
}

function memoryLine({ entry }: Shown, look: Look): string {
  const { memory } = entry.frame.machine;
  const bytes = (pick: 'totalBytes' | 'availableBytes') =>
    orDash(isMissing(memory) ? memory : memory[pick], look, formatBytes);
  const [free, all] = [bytes('availableBytes'), bytes('totalBytes')];
  return look.say({ en: `memory available ${free} of ${all}`, ko: `사용 가능한 메모리 ${free} / ${all}` });
}
