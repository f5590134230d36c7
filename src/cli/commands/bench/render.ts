/** What an experiment found, for people: the answer, the figures, what they mean, the conditions. */
import type { Conditions, ExperimentResult } from '../../../app/run-experiment.ts';
import { isMissing } from '../../../base/missing.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import type { Report, ReportCell, ReportTable } from '../../../experiments/report.ts';
import { formatBytes, formatCount, formatDuration, formatPct, significant } from '../../output/format.ts';
import { cells, cutMiddle, type Look, safeName } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { cellText } from './cells.ts';
import { matrixLines } from './matrix.ts';

export function resultLines({ report, conditions }: ExperimentResult, look: Look, matrix: boolean): string[] {
  const say = (sentence: Sentence) => wrap(look.say(sentence), look.width);
  const trust = trustSentence(report, conditions);
  return [
    ...(trust === null ? [] : say(trust).map((line) => look.colors.red(line))),
    ...say(report.verdict).map((line) => look.colors.bold(line)),
    ...[report.table ?? [], report.details ?? []].flat().flatMap((table) => tableOf(table, look)),
    ...(report.matrix === undefined ? [] : matrixLines(report.matrix, look, matrix)),
    ...report.conclusion.flatMap(say),
    ...[...report.warnings, ...pageWarnings(conditions)].flatMap((sentence) => bulletLines(sentence, look)),
    ...wrap(look.say(conditionsSentence(report, conditions, look)), look.width).map((line) =>
      look.colors.dim(line),
    ),
  ];
}

function bulletLines(sentence: Sentence, look: Look): string[] {
  return wrap(`! ${look.say(sentence)}`, look.width - 2).map((line, i) =>
    look.colors.yellow(i === 0 ? line : `  ${line}`),
  );
}

function tableOf({ title, columns, rows }: ReportTable, look: Look): string[] {
  const shown = columns.map(({ title, unit }) => ({
    title: look.say(title),
    align: unit === 'text' ? ('left' as const) : ('right' as const),
  }));
  const texts = rows.map((row) => row.map((cell, i) => text(cell, columns[i]?.unit ?? 'text', look)));
  // Names in the last column get the room that is left.
  const used = Math.max(...tableLines(shown.slice(0, -1), texts).map(cells)) + 2;
  const room = Math.max(LEAST_NAME, look.width - used);
  const isName = columns.at(-1)?.unit === 'text';
  const cut = (row: readonly string[]) => [
    ...row.slice(0, -1),
    cutMiddle(row.at(-1) ?? '', room, look.unicode),
  ];
  const above = title === undefined ? [] : [look.say(title)];
  return [...above, ...tableLines(shown, isName ? texts.map(cut) : texts)];
}

const LEAST_NAME = 8;

function text(cell: ReportCell, unit: ReportTable['columns'][number]['unit'], look: Look): string {
  if (cell === null) return look.unicode ? '—' : '-';
  if (typeof cell === 'object') return look.say(cell);
  return typeof cell === 'string' ? safeName(cell) : cellText(cell, unit, look.unicode);
}

/**
 * From here on the samples that others took are so many that quartiles move too. A quarter: then the lower quartile is
 * the last one that is safe.
 */
const UNTRUSTED_TAKEN_PCT = 25;

/** What is measured with `noise` is the taking itself; CPU time is without it. */
function trustSentence(report: Report, conditions: Conditions): Sentence | null {
  const { takenPct, involuntarySwitches, cpuPressurePct } = conditions;
  if (report.measuresNoise || report.usesCpuTime === true || takenPct < UNTRUSTED_TAKEN_PCT) return null;
  const psi = isMissing(cpuPressurePct) ? '' : ` (PSI CPU ${formatPct(cpuPressurePct)})`;
  const share = formatPct(takenPct);
  const times = formatCount(involuntarySwitches);
  return {
    en: `NOT TRUSTWORTHY: the CPU was taken ${times} times, ${share} of the time${psi}. Undisturbed quartiles may still stand; repeat when it is quiet.`,
    ko: `믿기 어려움: 측정하는 동안 CPU를 ${times}번, 시간의 ${share}만큼 빼앗겼습니다${psi}. 방해받지 않은 표본의 사분위는 쓸 만할 수 있습니다. 조용할 때 다시 측정하세요.`,
  };
}

/** Below it, address translation shows in large working sets. */
const MOSTLY_HUGE_PCT = 90;

function pageWarnings({ pages, hugePct }: Conditions): Sentence[] {
  if (pages === 'small' || hugePct === null || hugePct >= MOSTLY_HUGE_PCT) return [];
  const got = formatPct(hugePct);
  return [
    {
      en: `huge pages were asked for, but only ${got} of the memory got them: large working sets show address translation too`,
      ko: `huge 페이지를 요청했지만 메모리의 ${got}만 받았습니다. 큰 작업 집합에는 주소 변환 시간도 들어 있습니다`,
    },
  ];
}

function pagesPart({ hugePct, pageBytes }: Conditions): Sentence[] {
  if (hugePct === null) return [];
  const small = pageBytes === null ? '' : ` ${formatBytes(pageBytes)}`;
  if (hugePct < 0.1) return [{ en: `pages of${small}`, ko: `페이지${small}` }];
  return [{ en: `huge pages ${formatPct(hugePct)}`, ko: `huge 페이지 ${formatPct(hugePct)}` }];
}

function conditionsSentence(report: Report, conditions: Conditions, look: Look): Sentence {
  const { cpus, governors, repetitions, elapsedNs, takenPct } = conditions;
  const { median, worst } = report.spreadPct;
  const took = formatDuration(elapsedNs, look.unicode);
  const parts: Sentence[] = [
    { en: `${cpus.size === 1 ? 'CPU' : 'CPUs'} ${cpus}`, ko: `CPU ${cpus}` },
    ...pagesPart(conditions),
    ...(governors.length === 0
      ? [{ en: 'governor not told', ko: 'governor 알 수 없음' }]
      : [{ en: `governor ${governors.join(', ')}`, ko: `governor ${governors.join(', ')}` }]),
    { en: `${plural(repetitions, 'repetition')} in ${took}`, ko: `${took} 동안 ${repetitions}회 반복` },
    ...(median === null || worst === null
      ? []
      : [
          {
            en: `middle half within ${significant(median)} % (worst ${significant(worst)} %)`,
            ko: `가운데 절반의 폭 ${significant(median)} % (가장 나쁜 것 ${significant(worst)} %)`,
          },
        ]),
    ...(report.usesCpuTime === true ? [{ en: 'times are CPU time', ko: '시간은 CPU 시간' }] : []),
    { en: `CPU taken ${formatPct(takenPct)} of the time`, ko: `CPU를 빼앗긴 시간 ${formatPct(takenPct)}` },
    ...pctPart('PSI CPU', conditions.cpuPressurePct),
    ...pctPart('steal', conditions.stealPct),
  ];
  return { en: parts.map(({ en }) => en).join('; '), ko: parts.map(({ ko }) => ko).join('; ') };
}

function pctPart(name: string, value: Conditions['stealPct']): Sentence[] {
  if (isMissing(value)) return [];
  return [{ en: `${name} ${formatPct(value)}`, ko: `${name} ${formatPct(value)}` }];
}
