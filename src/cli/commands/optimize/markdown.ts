/** A trial as a page that can be forwarded: what was asked, what came of it, how it was judged. In English. */
import { safeName } from '../../../base/safe-name.ts';
import type { TrialReport } from '../../../trial/report.ts';
import { createLook } from '../../output/look.ts';
import { headline, reportLines } from './render.ts';
import { formatChange, formatInterval, formatValue, verdictText } from './values.ts';

const WIDTH = 100;

/** @param at wall clock, ISO 8601 */
export function reportMarkdown(report: TrialReport, at: string): string {
  const look = createLook({ language: 'en', width: WIDTH, unicode: true, colour: false });
  const { target, objective, design, timing, candidates } = report;
  const block = `${(timing.washoutNs + timing.blockNs) / 1e9} s`;
  return [
    `# ${escaped(headline(report).en)}`,
    '',
    `${escaped(target.comm)} (${target.tgid}), ${at}. Judged by ${escaped(objective.label.en)}; ${objective.better} is better.`,
    '',
    '| candidate | does | rounds | median | change | 90 % interval | verdict |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...candidates.map((one) =>
      row([
        one.proposal.name,
        one.proposal.summary.en,
        String(one.rounds),
        one.value === null ? '' : formatValue(one.value, objective, look),
        one.effectPct === null ? '' : formatChange(one.effectPct),
        one.intervalPct === null ? '' : formatInterval(one.intervalPct).en,
        `${verdictText(one.verdict, one.isKept, look)}: ${one.because.en}`,
      ]),
    ),
    '',
    '```',
    ...reportLines(report, look).map((line) => line.replaceAll('`', "'")),
    '```',
    '',
    '## How it was judged',
    '',
    `Every placement, "leave alone" included, was set for ${block} at a time, one block of each per round, in an order drawn`,
    `anew for each round (seed ${design.seed}). A candidate is kept where Wilcoxon's signed-rank sum of its differences from the`,
    'baseline of the same round is lower than chance allows: the signs are compared with random ones, so nothing is assumed',
    `about the noise. In all ${candidates.length} candidates and looks, one that changes nothing is kept in about 2 of 100 trials.`,
    'It must also be better by 10 % and by more than the floor, and not be worse in its mean, which rare long stalls decide.',
    'The intervals are not corrected for stopping early: after an early proof the change is somewhat optimistic.',
    '',
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |`;
}

/** Names may hold anything; nothing of them becomes markup. */
function escaped(text: string): string {
  return safeName(text).replace(/[\\`*_|[\]<>#]/g, '\\$&');
}
