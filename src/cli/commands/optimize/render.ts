/** `keel optimize` as lines: the verdict first, what was tried, the noise, the next command. */
import type { OptimizePlan } from '../../../app/optimize.ts';
import { safeName } from '../../../base/safe-name.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import { median } from '../../../stats/order.ts';
import type { CandidateReport, TrialReport } from '../../../trial/report.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatDuration } from '../../output/format.ts';
import { cutMiddle, type Look } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { planJson, reportJson } from './json.ts';
import { planLines, skippedLines } from './plan.ts';
import { formatChange, formatInterval, formatValue, verdictText } from './values.ts';

export function plannedOutput(plan: OptimizePlan): DocumentOutput {
  return { kind: 'document', json: planJson(plan, 'planned'), lines: (look) => planLines(plan, look) };
}

export function declinedOutput(plan: OptimizePlan): DocumentOutput {
  return {
    kind: 'document',
    json: planJson(plan, 'declined'),
    lines: (look) => [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })],
    exitCode: 1,
  };
}

export function reportOutput(report: TrialReport): DocumentOutput {
  return { kind: 'document', json: reportJson(report), lines: (look) => reportLines(report, look) };
}

export function reportLines(report: TrialReport, look: Look): readonly string[] {
  const say = (sentence: Sentence) => wrap(safeName(look.say(sentence)), look.width);
  return [
    ...say(headline(report)).map(look.colors.bold),
    ...effectLines(report, look).flatMap(say),
    ...candidateTable(report, look),
    ...reasonLines(report, look),
    ...skippedLines(report, look),
    ...priceSentences(report, look).flatMap(say),
    ...say(restoredSentence(report)),
    ...say(noiseSentence(report.noise, look)),
    ...afterwardsSentences(report, look).flatMap(say),
    ...say(nextSentence(report)),
  ];
}

const isOpen = ({ verdict }: CandidateReport) => verdict === 'inconclusive' || verdict === 'mixed';

export function headline({ candidates, keptChange, afterwards, rounds }: TrialReport): Sentence {
  const winner = candidates.find((one) => one.isKept);
  if (winner !== undefined) return winnerHeadline(winner, keptChange, afterwards?.wasUndone === true);
  const nothing = { en: 'Nothing was kept.', ko: '아무것도 유지하지 않았습니다.' };
  const mixed = candidates.find((one) => one.verdict === 'mixed');
  if (mixed !== undefined) {
    return {
      en: `MIXED: ${mixed.proposal.summary.en}: ${mixed.because.en}. ${nothing.en}`,
      ko: `엇갈림: ${mixed.proposal.summary.ko}: ${mixed.because.ko}. ${nothing.ko}`,
    };
  }
  const open = candidates.filter(isOpen).length;
  if (open > 0) {
    return {
      en: `INCONCLUSIVE: ${plural(rounds.length, 'round')} cannot tell about ${open} of ${plural(candidates.length, 'candidate')}. ${nothing.en}`,
      ko: `불확실: ${rounds.length}번 반복으로는 후보 ${candidates.length}개 중 ${open}개를 판단할 수 없습니다. ${nothing.ko}`,
    };
  }
  return {
    en: `NOTHING HELPS: none of ${plural(candidates.length, 'candidate')} is better than leaving it alone. ${nothing.en}`,
    ko: `효과 없음: 후보 ${candidates.length}개 중 그대로 두는 것보다 나은 것이 없습니다. ${nothing.ko}`,
  };
}

function winnerHeadline(winner: CandidateReport, change: string | null, wasUndone: boolean): Sentence {
  const { en, ko } = winner.proposal.summary;
  return wasUndone
    ? {
        en: `HELPED, THEN WENT WRONG: ${en}. It is undone again.`,
        ko: `효과가 있었으나 이후 나빠짐: ${ko}. 다시 되돌렸습니다.`,
      }
    : { en: `HELPS: ${en}. Kept as ${change}.`, ko: `효과 있음: ${ko}. ${change}(으)로 유지했습니다.` };
}

/** The numbers of the winner. */
function effectLines({ candidates, objective, usedNs }: TrialReport, look: Look): readonly Sentence[] {
  const winner = candidates.find((one) => one.isKept);
  if (winner === undefined || winner.value === null || winner.baseline === null) return [];
  if (winner.effectPct === null || winner.intervalPct === null) return [];
  const values = `${formatValue(winner.baseline, objective, look)} -> ${formatValue(winner.value, objective, look)}`;
  const change = formatChange(winner.effectPct);
  const interval = formatInterval(winner.intervalPct);
  const time = formatDuration(usedNs, look.unicode);
  return [
    {
      en: `${objective.label.en} ${values}, ${change} (90 % interval ${interval.en}); ${plural(winner.rounds, 'round')}, ${time}`,
      ko: `${objective.label.ko} ${values}, ${change} (90 % 구간 ${interval.ko}), ${winner.rounds}번 반복, ${time}`,
    },
  ];
}

const LEAST_NAME_CELLS = 20;
/** What the other columns take, blanks included. */
const OTHER_CELLS = 50;

function candidateTable(report: TrialReport, look: Look): readonly string[] {
  const { candidates, objective, baseline } = report;
  const nameCells = Math.max(LEAST_NAME_CELLS, look.width - OTHER_CELLS);
  const name = (text: string) => `  ${cutMiddle(safeName(text), nameCells, look.unicode)}`;
  const rows = [
    [
      name(look.say({ en: 'leave alone', ko: '그대로 두기' })),
      baseline.length === 0 ? '' : formatValue(median(baseline), objective, look),
      '',
      '',
      look.say({ en: 'baseline', ko: '기준' }),
    ],
    ...candidates.map((one) => [
      name(one.proposal.name),
      one.value === null ? '' : formatValue(one.value, objective, look),
      one.effectPct === null ? '' : formatChange(one.effectPct),
      one.intervalPct === null ? '' : look.say(formatInterval(one.intervalPct)),
      verdictText(one.verdict, one.isKept, look),
    ]),
  ];
  return tableLines(
    [
      { title: look.say({ en: '  candidate', ko: '  후보' }) },
      { title: look.say({ en: 'median', ko: '중앙값' }), align: 'right' },
      { title: look.say({ en: 'change', ko: '변화' }), align: 'right' },
      { title: look.say({ en: '90 % interval', ko: '90 % 구간' }), align: 'right' },
      { title: look.say({ en: 'verdict', ko: '판정' }) },
    ],
    rows,
  );
}

const NAME_CELLS = 30;

/** Why an answer is no answer. Several with the same reason stand on one line. */
function reasonLines({ candidates }: TrialReport, look: Look): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const one of candidates.filter((candidate) => isOpen(candidate) && !candidate.isKept)) {
    const because = look.say(one.because);
    const name = cutMiddle(safeName(one.proposal.name), NAME_CELLS, look.unicode);
    reasons.set(because, [...(reasons.get(because) ?? []), name]);
  }
  return [...reasons].flatMap(([because, names]) =>
    wrap(`${names.join(', ')}: ${because}`, look.width - 4).map((line, i) =>
      i === 0 ? `  ? ${line}` : `    ${line}`,
    ),
  );
}

/** A millisecond a second is what a timer interrupt makes. */
const WORTH_SAYING_NS = 1e6;

function priceSentences({ candidates, unseenOthers }: TrialReport, look: Look): readonly Sentence[] {
  const winner = candidates.find((one) => one.isKept);
  if (winner === undefined) return [];
  if (winner.othersDelayNs === null) {
    const because = unseenOthers ?? 'not read';
    return [{ en: `Price: not known (${because}).`, ko: `대가: 알 수 없습니다 (${because}).` }];
  }
  const amount = formatDuration(Math.abs(winner.othersDelayNs), look.unicode);
  if (Math.abs(winner.othersDelayNs) < WORTH_SAYING_NS) {
    return [{ en: 'Price: nobody else waits longer.', ko: '대가: 더 오래 기다리는 프로세스가 없습니다.' }];
  }
  return winner.othersDelayNs > 0
    ? [
        {
          en: `Price: all others together wait ${amount} a second longer for a CPU.`,
          ko: `대가: 다른 프로세스들이 합쳐서 1초에 ${amount} 더 CPU를 기다립니다.`,
        },
      ]
    : [
        {
          en: `Price: none; all others together wait ${amount} a second less.`,
          ko: `대가: 없습니다. 다른 프로세스들도 합쳐서 1초에 ${amount} 덜 기다립니다.`,
        },
      ];
}

function restoredSentence({ switches, trialChange, design, trial }: TrialReport): Sentence {
  const [en, ko] = trial === null ? ['', ''] : [` Remembered as ${trial}.`, ` ${trial}(으)로 기억합니다.`];
  return {
    en: `All ${plural(switches, 'switch', 'switches')} made on the way are undone and read back (${trialChange}).${en} Seed ${design.seed}.`,
    ko: `시험 중 바꾼 ${switches}번은 모두 되돌리고 확인했습니다 (${trialChange}).${ko} 시드 ${design.seed}.`,
  };
}

export function noiseSentence(noise: TrialReport['noise'], look: Look): Sentence {
  const { pressureLowPct, pressureHighPct, stealNs, driftPct, selfIntervalPct } = noise;
  const pressure =
    pressureLowPct === null || pressureHighPct === null
      ? []
      : [`PSI CPU ${pressureLowPct.toFixed(0)}-${pressureHighPct.toFixed(0)} %`];
  const steal =
    stealNs === null ? [] : [`steal ${stealNs === 0 ? '0 ms' : formatDuration(stealNs, look.unicode)}`];
  const en = [...pressure, ...steal, ...(driftPct === null ? [] : [`drift ${formatChange(driftPct)}`])];
  const ko = [...pressure, ...steal, ...(driftPct === null ? [] : [`추세 ${formatChange(driftPct)}`])];
  const self = selfIntervalPct === null ? null : formatInterval(selfIntervalPct);
  return {
    en: `Noise: ${en.join(', ') || 'not read'}${self === null ? '' : `; "leave alone" against itself ${self.en}`}.`,
    ko: `잡음: ${ko.join(', ') || '읽지 못함'}${self === null ? '' : `, "그대로 두기"끼리 비교 ${self.ko}`}.`,
  };
}

function afterwardsSentences({ afterwards }: TrialReport, look: Look): readonly Sentence[] {
  if (afterwards === null || afterwards.wasUndone) return [];
  const time = formatDuration(afterwards.watchedNs, look.unicode);
  return [
    {
      en: `Watched for ${time} afterwards${afterwards.wasCutShort ? ' (cut short)' : ''}: it held.`,
      ko: `이후 ${time} 동안 지켜본 결과${afterwards.wasCutShort ? ' (중간에 그침)' : ''}: 유지되었습니다.`,
    },
  ];
}

const LONGER = 2;

function nextSentence(report: TrialReport): Sentence {
  const { keptChange, target, candidates, design } = report;
  if (keptChange !== null) {
    const line = `keel undo ${keptChange}     keel why ${target.tgid} --for 30s`;
    return { en: `Next: ${line}`, ko: `다음: ${line}` };
  }
  const longer = `keel optimize ${target.tgid} --budget ${Math.round((design.budgetNs * LONGER) / 1e9)}s`;
  const line = candidates.some(isOpen) ? longer : `keel why ${target.tgid} --for 30s`;
  return { en: `Next: ${line}`, ko: `다음: ${line}` };
}
