/** The first sentence of a report is about the process that was asked for; what holds for the whole machine is second. */

import { NOTABLE_RATIO } from '../../../app/rule-ids.ts';
import { formatDuration, formatPct } from '../../../base/format.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { CAUSE_NAMES } from '../../../model/late/causes.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import { whyVerdict } from '../why/render.ts';
import { safe } from './phrases.ts';

export interface Headline {
  readonly process: Sentence;
  /** null where nothing was found of the machine as a whole. */
  readonly machine: Sentence | null;
}

export function headlineOf(late: WatchedLate, watched: Parameters<typeof whyVerdict>[0]): Headline {
  const { findings } = watched.diagnosis;
  const { tgid } = late.target;
  const own = findings.find(({ subject }) => subject?.tgid === tgid);
  const [whole] = findings.filter(({ subject }) => subject === null);
  const hasEnded = watched.ended.some((one) => one.tgid === tgid);
  const process =
    (own === undefined ? null : named(own.verdict, late)) ??
    lateSentence(late) ??
    (hasEnded ? whyVerdict(watched) : steadySentence(late));
  const machine = whole === undefined ? null : machineSentence(whole.verdict);
  return { process: safe(process), machine: machine === null ? null : safe(machine) };
}

/** Some verdicts name only whoever was in the way. */
function named({ en, ko }: Sentence, { target: { comm, tgid } }: WatchedLate): Sentence {
  if (en.includes(` ${tgid}`)) return { en, ko };
  return { en: `${comm} ${tgid}: ${en}`, ko: `${comm} ${tgid}: ${ko}` };
}

/** null where little was seen. Without single moments, only a share of the time can be notable. */
function lateSentence({ target, summary, elapsedNs }: WatchedLate): Sentence | null {
  const { lateNs, moments, byCause } = summary;
  const isNotable = moments === null ? lateNs >= elapsedNs * NOTABLE_RATIO : moments > 0;
  const [most] = [...byCause].sort((a, b) => b.lateNs - a.lateNs);
  if (!isNotable || lateNs === 0 || most === undefined) return null;
  const name = `${target.comm} ${target.tgid}`;
  const [sum, window] = [formatDuration(lateNs), formatDuration(elapsedNs)];
  const share = formatPct((100 * most.lateNs) / lateNs);
  const cause = CAUSE_NAMES[most.cause];
  return {
    en: `LATE: ${name} by ${sum} in ${window}; ${share} of it: ${cause.en}`,
    ko: `늦음: ${name}, ${window} 중 ${sum}. 그중 ${share}: ${cause.ko}`,
  };
}

function steadySentence({ target, elapsedNs }: WatchedLate): Sentence {
  const name = `${target.comm} ${target.tgid}`;
  const window = formatDuration(elapsedNs);
  return {
    en: `NOTHING UNSTEADY in ${name} in ${window}`,
    ko: `${name}: ${window} 동안 불안정한 것이 없었습니다`,
  };
}

function machineSentence({ en, ko }: Sentence): Sentence {
  return { en: `The machine as a whole: ${en}`, ko: `컴퓨터 전체: ${ko}` };
}
