/** The difference of two recordings, as a document and as lines. */
import { type Sentence, verbatim } from '../../../base/sentence.ts';
import { CAUSE_NAMES } from '../../../model/faults/cause.ts';
import type { DifferenceRow, FaultDifference, Side } from '../../../model/faults/difference.ts';
import type { FaultRecording } from '../../../model/faults/recording.ts';
import type { DocumentOutput, Json } from '../../command.ts';
import { horizontalBar } from '../../output/bars.ts';
import { formatCount, formatDuration, formatPct, formatRate, significant } from '../../output/format.ts';
import { cutMiddle, type Look } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { functionLabel } from '../faults-record/functions.ts';
import { mappingName } from '../faults-record/render.ts';
import { DEFAULT_ROWS } from '../faults-record/show.ts';

interface Compared {
  readonly before: FaultRecording;
  readonly after: FaultRecording;
  readonly difference: FaultDifference;
}

export function diffOutput(compared: Compared, rows = DEFAULT_ROWS): DocumentOutput {
  return { kind: 'document', json: diffJson(compared), lines: (look) => diffLines(compared, rows, look) };
}

function diffJson({ before, after, difference }: Compared): DocumentOutput['json'] {
  const row =
    <Key>(key: (key: Key) => Readonly<Record<string, Json>>) =>
    (one: DifferenceRow<Key>) => ({
      ...key(one.key),
      before: sideJson(one.before),
      after: sideJson(one.after),
      changeNsPerSec: Math.round(one.changeNsPerSec),
    });
  return {
    schema: 'keel.faults.diff/1',
    before: recordingJson(before),
    after: recordingJson(after),
    loadRatio: difference.loadRatio,
    total: row<null>(() => ({}))(difference.total),
    byCause: difference.byCause.map(row((cause) => ({ cause }))),
    byMapping: difference.byMapping.map(row(({ kind, path }) => ({ kind, path }))),
    byFunction: difference.byFunction.map(row(({ function: name, binary }) => ({ function: name, binary }))),
    gaps: [],
  };
}

function recordingJson({ elapsedNs, summary, lost, cut }: FaultRecording) {
  return { elapsedNs, faults: summary.total.faults, stallNs: summary.total.stallNs, lost, cut };
}

function sideJson({ faultsPerSec, stallNsPerSec }: Side) {
  return { faultsPerSec: Math.round(faultsPerSec * 10) / 10, stallNsPerSec: Math.round(stallNsPerSec) };
}

function diffLines(compared: Compared, rows: number, look: Look): string[] {
  const { difference } = compared;
  const said = [verdict(difference, look), ...loadLines(compared, look)].map((one) => look.say(one));
  return [
    ...said.flatMap((line) => wrap(line, look.width)),
    ...table(
      { en: 'cause', ko: '원인' },
      difference.byCause,
      (cause) => look.say(CAUSE_NAMES[cause]),
      rows,
      look,
    ),
    '',
    ...table({ en: 'where', ko: '위치' }, difference.byMapping, (key) => mappingName(key, look), rows, look),
    '',
    ...table(
      { en: 'code', ko: '코드' },
      difference.byFunction,
      (key) => functionLabel(key, look),
      rows,
      look,
    ),
  ];
}

const perSec = (ns: number, look: Look) => `${formatDuration(Math.abs(ns), look.unicode)}/s`;

function verdict({ total }: FaultDifference, look: Look): Sentence {
  const [before, after] = [total.before, total.after].map((side) => perSec(side.stallNsPerSec, look));
  const { changeNsPerSec } = total;
  const share = total.before.stallNsPerSec === 0 ? null : changeNsPerSec / total.before.stallNsPerSec;
  const pct = share === null ? '' : ` (${share < 0 ? '-' : '+'}${formatPct(Math.abs(100 * share))})`;
  const [en, ko] =
    changeNsPerSec === 0
      ? ['SAME STALL', '같음']
      : changeNsPerSec < 0
        ? ['LESS STALL', '줄어듦']
        : ['MORE STALL', '늘어남'];
  return { en: `${en}: ${before} -> ${after}${pct}`, ko: `멈춘 시간 ${ko}: ${before} -> ${after}${pct}` };
}

/** Loads that differ by more than this are not the same work done faster or slower. */
const LIKE_LOADS = 1.25;

function loadLines({ before, after, difference }: Compared, look: Look): Sentence[] {
  const { total, loadRatio } = difference;
  const side = (recording: FaultRecording, { faultsPerSec }: Side) =>
    `${formatDuration(recording.elapsedNs, look.unicode)}, ${formatCount(recording.summary.total.faults)} (${formatRate(faultsPerSec)})`;
  const [a, b] = [side(before, total.before), side(after, total.after)];
  const lines: Sentence[] = [
    { en: `Before: ${a} faults. After: ${b} faults.`, ko: `이전: ${a}회. 이후: ${b}회.` },
  ];
  if (loadRatio === null || loadRatio > LIKE_LOADS || loadRatio < 1 / LIKE_LOADS) {
    const times = loadRatio === null ? null : significant(loadRatio);
    lines.push({
      en: `UNLIKE LOADS: ${times === null ? 'there were no faults before' : `${times} times the faults per second`}. Compare recordings of the same work before you conclude anything.`,
      ko: `부하가 다릅니다: ${times === null ? '이전에는 폴트가 없었습니다' : `초당 폴트가 ${times}배입니다`}. 결론을 내리려면 같은 작업을 기록하여 비교하세요.`,
    });
  }
  if (before.cut || after.cut) {
    lines.push({
      en: 'A file ends early: what it holds is compared, and its functions have no names.',
      ko: '중간에 끝난 파일이 있습니다. 들어 있는 부분만 비교하며 함수 이름은 알 수 없습니다.',
    });
  }
  return lines;
}

const BAR_CELLS = 12;
/** Of the numbers and the bar, with two blanks before each. */
const NUMBERS_WIDTH = 54;

function table<Key>(
  title: Sentence,
  all: readonly DifferenceRow<Key>[],
  name: (key: Key) => string,
  rows: number,
  look: Look,
): string[] {
  const shown = all.slice(0, rows);
  const widest = Math.max(1, ...all.map((one) => Math.abs(one.changeNsPerSec)));
  const width = Math.max(16, look.width - NUMBERS_WIDTH);
  const titles = [
    title,
    { en: 'before', ko: '이전' },
    { en: 'after', ko: '이후' },
    { en: 'change', ko: '변화' },
  ];
  const lines = tableLines(
    [...titles, verbatim('')].map((one, i) => ({
      title: (i === 0 ? '  ' : '') + look.say(one),
      align: i > 0 && i < 4 ? ('right' as const) : ('left' as const),
    })),
    shown.map(({ key, before, after, changeNsPerSec }) => [
      `  ${cutMiddle(name(key), width, look.unicode)}`,
      perSec(before.stallNsPerSec, look),
      perSec(after.stallNsPerSec, look),
      `${changeNsPerSec < 0 ? '-' : '+'}${perSec(changeNsPerSec, look)}`,
      horizontalBar(Math.abs(changeNsPerSec) / widest, BAR_CELLS, look),
    ]),
  );
  return [...lines, ...moreLine(all.length, shown.length, look)];
}
