/** The annotated code of a function, as lines: the heaviest rows with those around them. */
import type { Annotation } from '../../../app/annotate-faults.ts';
import { hintFor, type Missing } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { type Charge, type FunctionSites, stallOf } from '../../../model/faults/annotation.ts';
import { CAUSE_NAMES } from '../../../model/faults/cause.ts';
import type { FaultRecording } from '../../../model/faults/recording.ts';
import { fileName } from '../../../model/stacks/names.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatCount, formatDuration, formatPct } from '../../output/format.ts';
import { cells, cutEnd, type Look, safeName } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { type Column, tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { annotationJson } from './json.ts';

export const DEFAULT_ROWS = 12;
/** Rows shown before and behind one with faults. */
const AROUND = 2;

export interface AnnotationView {
  readonly annotation: Annotation;
  readonly recording: FaultRecording;
  /** Functions of the same name in other files. */
  readonly others: readonly FunctionSites[];
  readonly asInstructions: boolean;
  readonly rows: number;
}

export function annotationOutput(view: AnnotationView): DocumentOutput {
  const { annotation, recording, others } = view;
  return {
    kind: 'document',
    json: annotationJson(annotation, recording, others),
    lines: (look) => annotationLines(view, look),
  };
}

function annotationLines(view: AnnotationView, look: Look): string[] {
  const { annotation, recording } = view;
  return [
    ...wrap(look.say(verdict(annotation.sites, recording, look)), look.width).map(look.colors.bold),
    ...wrap(look.say(causes(annotation.sites.total)), look.width),
    ...tables(view).flatMap((table) => ['', ...tableOf(table, view, look)]),
    '',
    ...footer(view).flatMap((line) => wrap(look.say(line), look.width)),
  ];
}

function verdict(
  { function: name, binary, total }: FunctionSites,
  { summary }: FaultRecording,
  { unicode }: Look,
): Sentence {
  const [who, where] = [safeName(name), safeName(fileName(binary))];
  const faults = formatCount(total.own.faults);
  const stall = formatDuration(total.own.stallNs, unicode);
  const share = formatPct((100 * total.own.stallNs) / Math.max(1, summary.total.stallNs));
  const called = formatDuration(total.calls.stallNs, unicode);
  const [inCallsEn, inCallsKo] =
    total.calls.faults === 0 ? ['', ''] : [`; ${called} in what it called`, `, 호출한 코드에서 ${called}`];
  return {
    en: `${who} of ${where}: ${stall} stalled by ${faults} faults, ${share} of all stall${inCallsEn}`,
    ko: `${where}의 ${who}: 폴트 ${faults}회로 ${stall} 멈춤, 전체의 ${share}${inCallsKo}`,
  };
}

function causes({ own, byCause }: Charge): Sentence {
  const parts = (language: 'en' | 'ko') =>
    byCause
      .map(({ cause, stallNs }) => {
        const share = formatPct((100 * stallNs) / Math.max(1, own.stallNs));
        return `${CAUSE_NAMES[cause][language]} ${share}`;
      })
      .join(', ');
  return byCause.length === 0
    ? { en: 'No fault of its own instructions.', ko: '자신의 명령어에서 일어난 폴트는 없습니다.' }
    : { en: `By cause: ${parts('en')}.`, ko: `원인별: ${parts('ko')}.` };
}

/** A row of code: its number or address, its text, and what it is charged with. */
interface CodeRow {
  readonly label: string;
  readonly text: string;
  readonly charge: Charge | null;
}

interface CodeTable {
  readonly title: Sentence;
  readonly label: Sentence;
  readonly rows: readonly CodeRow[];
}

function tables({ annotation, asInstructions }: AnnotationView): CodeTable[] {
  const { lines, instructions } = annotation;
  if (instructions.length === 0) return [];
  return lines.length > 0 && !asInstructions ? sourceTables(annotation) : [instructionTable(annotation)];
}

/** One for each file: what was inlined has its own. */
function sourceTables({ lines, sources }: Annotation): CodeTable[] {
  return [...new Set(lines.map((line) => line.path))].map((path) => {
    const charged = lines.filter((line) => line.path === path);
    const charges = new Map(charged.map((line) => [line.line, line.charge]));
    const text = sources.get(path);
    const numbers = text === undefined ? [...charges.keys()] : text.map((_, i) => i + 1);
    return {
      title: { en: safeName(path), ko: safeName(path) },
      label: { en: 'line', ko: '줄' },
      rows: numbers.map((number) => ({
        label: String(number),
        text: text?.[number - 1] ?? '',
        charge: charges.get(number) ?? null,
      })),
    };
  });
}

function instructionTable({ instructions, addresses, file, sites }: Annotation): CodeTable {
  const path = safeName(file ?? sites.binary);
  return {
    title: { en: path, ko: path },
    label: addresses === 'linked' ? { en: 'address', ko: '주소' } : { en: 'file offset', ko: '파일 위치' },
    rows: instructions.map(({ address, text, charge }) => ({
      label: address.toString(16),
      text: text ?? '',
      charge,
    })),
  };
}

function tableOf({ title, label, rows }: CodeTable, view: AnnotationView, look: Look): string[] {
  const { sites } = view.annotation;
  const withCalls = sites.total.calls.faults > 0;
  const whole = Math.max(1, stallOf(sites.total));
  const columns: Column[] = [
    { title: `  ${look.say(label)}`, align: 'right' },
    { title: look.say({ en: 'stall', ko: '멈춤' }), align: 'right' },
    ...(withCalls ? [{ title: look.say({ en: 'in calls', ko: '호출' }), align: 'right' } as const] : []),
    { title: look.say({ en: 'share', ko: '비율' }), align: 'right' },
    { title: look.say({ en: 'faults', ko: '폴트' }), align: 'right' },
    { title: '' },
  ];
  const { shown, left } = withNeighbours(rows, view.rows);
  const numbers = shown.map((row) => (row === null ? [] : numberCells(row, whole, withCalls, look)));
  const used = tableLines(columns, numbers)
    .map(cells)
    .reduce((widest, width) => Math.max(widest, width), 0);
  const room = Math.max(10, look.width - used - 2);
  const code = (row: CodeRow | null) =>
    row === null ? '...' : cutEnd(safeName(row.text.replaceAll('\t', '  ').trimEnd()), room, look.unicode);
  const filled = numbers.map((row, i) => {
    const empty = columns.slice(1).map(() => '');
    return [...(row.length === 0 ? empty : row), code(shown[i] ?? null)];
  });
  const charged = rows.filter((row) => row.charge !== null).length;
  return [look.say(title), ...tableLines(columns, filled), ...moreLine(charged, charged - left, look)];
}

function numberCells({ label, charge }: CodeRow, whole: number, withCalls: boolean, look: Look): string[] {
  if (charge === null) return [label, ...new Array<string>(withCalls ? 4 : 3).fill('')];
  const time = (ns: number, faults: number) => (faults === 0 ? '' : formatDuration(ns, look.unicode));
  return [
    label,
    time(charge.own.stallNs, charge.own.faults),
    ...(withCalls ? [time(charge.calls.stallNs, charge.calls.faults)] : []),
    formatPct((100 * stallOf(charge)) / whole),
    formatCount(charge.own.faults + charge.calls.faults),
  ];
}

/** The heaviest rows in the order of the code, with some around each; null where others are left out. */
function withNeighbours(
  rows: readonly CodeRow[],
  most: number,
): { readonly shown: readonly (CodeRow | null)[]; readonly left: number } {
  const charged = rows.flatMap(({ charge }, at) =>
    charge === null ? [] : [{ at, stallNs: stallOf(charge) }],
  );
  const heaviest = charged.sort((a, b) => b.stallNs - a.stallNs || a.at - b.at).slice(0, most);
  const wanted = new Set<number>();
  for (const { at } of heaviest)
    for (let near = at - AROUND; near <= at + AROUND; near += 1) wanted.add(near);
  const shown: (CodeRow | null)[] = [];
  for (const [at, row] of rows.entries()) {
    if (wanted.has(at)) shown.push(row);
    else if (shown.length > 0 && shown.at(-1) !== null) shown.push(null);
  }
  if (shown.at(-1) === null) shown.pop();
  return { shown, left: charged.length - heaviest.length };
}

function footer({ annotation, recording, others, asInstructions }: AnnotationView): Sentence[] {
  const { file, buildId, lines, unread, sites } = annotation;
  const files = others.map((one) => safeName(fileName(one.binary))).join(', ');
  const path = safeName(file ?? sites.binary);
  return [
    ...unread.map(why),
    ...(file !== null && buildId === null
      ? [
          {
            en: `${path} has no build id in the recording: whether it is the build that ran is not known.`,
            ko: `기록에 ${path}의 빌드 ID가 없어, 실행된 빌드인지 확인할 수 없습니다.`,
          },
        ]
      : []),
    ...(others.length > 0
      ? [
          {
            en: `A function of this name is also in: ${files} (--in)`,
            ko: `같은 이름의 함수가 또 있는 파일: ${files} (--in)`,
          },
        ]
      : []),
    ...(recording.callchains ? [] : [WITHOUT_CALLERS]),
    ...(lines.length > 0 && !asInstructions ? [ASM] : []),
  ];
}

const WITHOUT_CALLERS: Sentence = {
  en: 'Faults of its own instructions; those in what it calls are seen with keel faults record --stacks.',
  ko: '자신의 명령어에서 일어난 폴트입니다. 호출한 코드의 폴트는 keel faults record --stacks로 볼 수 있습니다.',
};

const ASM: Sentence = { en: 'By instruction: --asm', ko: '명령어별: --asm' };

function why({ path, missing: reason, detail }: Missing): Sentence {
  if (path === 'objdump')
    return {
      en: 'There is no objdump here, so only the addresses that took faults are shown. Install binutils to see code.',
      ko: 'objdump가 없어 폴트가 일어난 주소만 보입니다. 코드를 보려면 binutils를 설치하세요.',
    };
  const name = safeName(path);
  const said = detail === undefined ? hintFor(reason) : { en: safeName(detail), ko: safeName(detail) };
  return { en: `Not shown: ${name}: ${said.en}.`, ko: `표시하지 못함: ${name}: ${said.ko}.` };
}
