/** Run time on each CPU in the last seconds, with the CPU of the thread at the cursor marked. */
import { plural } from '../../../base/sentence.ts';
import type { Look } from '../../../cli/output/look.ts';
import { cells, safeName } from '../../../cli/output/look.ts';
import { addCpuShares, type CpuShare } from '../../../model/activity.ts';
import { roundUp } from '../../drawing/area.ts';
import { columnRows } from '../../drawing/columns.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import { type Shown, targetIn, threadRows, type WatchState } from '../state.ts';
import type { Panel } from './panel.ts';

const FRAMES = 10;
const LABELS = 5;

export const timePerCpuPanel: Panel = (state, shown, { width, height }, look) => {
  const { shares, elapsedNs } = lastFrames(shown);
  const cpus = cpusToShow(shown, shares, width - LABELS);
  const ratios = cpus.ids.map((cpu) => (shares.find((one) => one.cpu === cpu)?.runTimeNs ?? 0) / elapsedNs);
  const full = Math.min(1, roundUp(Math.max(0.01, ...ratios)));
  const rows = height - 2;
  const drawn = columnRows(
    ratios.map((ratio) => ratio / full),
    { bar: cpus.slot - 1, gap: 1 },
    rows,
    look,
  );
  const current = cpuOfInterest(state, shown);
  const lines = drawn.map((row, i) => {
    const label = i === 0 ? `${Math.round(full * 100)}%` : i === rows - 1 ? '0%' : '';
    return `${label.padStart(LABELS - 1)} ${look.colors.blue(fitted(row, width - LABELS, look))}`;
  });
  const marks = `${' '.repeat(LABELS)}${labelsOf(cpus, current?.cpu ?? null)}`;
  return boxed(
    [
      titleLine(titleOf(shares, current, cpus.hidden, look), width, look),
      ...lines,
      fitted(marks, width, look),
    ],
    {
      width,
      height,
    },
  );
};

function lastFrames({ past, target }: Shown) {
  const frames = past.slice(-FRAMES).map((entry) => entry.frame);
  const shares = frames.flatMap((frame) => targetIn(frame, target.tgid)?.activity.cpus ?? []);
  return {
    shares: addCpuShares(shares),
    elapsedNs: Math.max(
      1,
      frames.reduce((sum, frame) => sum + frame.elapsedNs, 0),
    ),
  };
}

interface ShownCpus {
  readonly ids: readonly number[];
  /** Cells for each, the gap behind it included. */
  readonly slot: number;
  readonly hidden: number;
}

/** All CPUs of the machine where they fitted, else those with most run time. */
function cpusToShow({ entry }: Shown, shares: readonly CpuShare[], width: number): ShownCpus {
  const { cpus } = entry.frame.machine;
  const all = 'missing' in cpus ? shares.map((one) => one.cpu) : cpus.map((one) => one.cpu);
  const most = Math.floor(width / 2);
  const chosen = all.length <= most ? all : shares.slice(0, most).map((one) => one.cpu);
  const ids = [...chosen].sort((a, b) => a - b);
  const slot = Math.max(2, Math.min(6, Math.floor(width / Math.max(1, ids.length))));
  return { ids, slot, hidden: all.length - ids.length };
}

function cpuOfInterest(state: WatchState, shown: Shown) {
  const rows = threadRows(state, shown);
  return rows.find((one) => one.tid === state.tid) ?? rows[0] ?? null;
}

/** `0 1 2 3 4*5`; a number that does not fit is left out, the current one never is. */
function labelsOf({ ids, slot }: ShownCpus, current: number | null): string {
  let text = '';
  for (const [i, cpu] of ids.entries()) {
    const label = cpu === current ? `${cpu}*` : `${cpu}`;
    const at = i * slot;
    if (cpu === current) text = text.slice(0, at).padEnd(at) + label;
    else if (cells(text) + (text.endsWith('*') || text === '' ? 0 : 1) <= at) text = text.padEnd(at) + label;
  }
  return text;
}

function titleOf(
  shares: readonly CpuShare[],
  thread: { comm: string; cpu: number } | null,
  hidden: number,
  look: Look,
) {
  const ran = shares.reduce((sum, one) => sum + one.runTimeNs, 0);
  const exact = shares.reduce((sum, one) => sum + one.exactNs, 0);
  const surePct = ran === 0 ? 100 : Math.floor((exact / ran) * 100);
  const where =
    thread === null
      ? ''
      : look.say({
          en: `, ${safeName(thread.comm)} now on ${thread.cpu}`,
          ko: `, ${safeName(thread.comm)} 현재 ${thread.cpu}`,
        });
  const sure = surePct < 99 ? look.say({ en: `, ${surePct} % sure`, ko: `, ${surePct} % 확실` }) : '';
  const more =
    hidden === 0
      ? ''
      : look.say({ en: `, ${plural(hidden, 'CPU', 'CPUs')} not shown`, ko: `, CPU ${hidden}개 생략` });
  return look.say({ en: `time per CPU${where}${sure}${more}`, ko: `CPU별 시간${where}${sure}${more}` });
}
