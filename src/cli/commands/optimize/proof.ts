/** What a trial said of a candidate, in one line; `recommend` says it too. */
import type { Sentence } from '../../../base/sentence.ts';
import type { KeptCandidate, KeptTrial } from '../../../trial/kept-trial.ts';
import { formatChange, formatInterval } from './values.ts';

/** `waiting per wake-up -83 % (-89 to -75 %), t-6`: what a trial said of a candidate. */
export function proofSentence({
  trial,
  candidate,
}: {
  readonly trial: Pick<KeptTrial, 'id' | 'objective'>;
  readonly candidate: Pick<KeptCandidate, 'effectPct' | 'intervalPct'>;
}): Sentence {
  const { label } = trial.objective;
  const { effectPct, intervalPct } = candidate;
  const change = effectPct === null ? '' : ` ${formatChange(effectPct)}`;
  const interval = intervalPct === null ? null : formatInterval(intervalPct);
  const between = (text: string | undefined) => (text === undefined ? '' : ` (${text})`);
  return {
    en: `${label.en}${change}${between(interval?.en)}, ${trial.id}`,
    ko: `${label.ko}${change}${between(interval?.ko)}, ${trial.id}`,
  };
}
