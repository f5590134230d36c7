/** `keel analyze` as lines: the class first, what speaks for it and against the others, the threads, the next command. */
import type { MeasuredWork } from '../../../app/measure-work.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import type { Judged } from '../../../diagnosis/classify.ts';
import type { Measure } from '../../../diagnosis/finding.ts';
import type { DocumentOutput } from '../../command.ts';
import { nextCommandOn } from '../../next-command.ts';
import { formatEvidence, wrapEvidence } from '../../output/evidence.ts';
import { formatDuration, formatPct } from '../../output/format.ts';
import { cells, type Look, padEnd, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { alsoFitting, analyzeJson } from './json.ts';
import { threadLines } from './threads.ts';

/** Of what it is not, the nearest; all are in the JSON. */
const SHOWN_AGAINST = 3;

/** @param sysroot of the captured machine that was looked at; undefined for the running one */
export function analyzeOutput(measured: MeasuredWork, show: number, sysroot?: string): DocumentOutput {
  const { classification, target } = measured;
  const said = analyzeVerdict(measured);
  const next = nextCommandOn(nextCommand(measured), sysroot);
  const chosen = classification.judgements.find((one) => one.id === classification.class);
  const also = alsoFitting(classification.judgements, classification.class);
  return {
    kind: 'document',
    json: analyzeJson(measured, said.en, next),
    lines: (look) => [
      ...wrap(safeName(look.say(said)), look.width).map(look.colors.bold),
      ...(chosen === undefined ? [] : evidenceLines(FOR, [chosen], look)),
      ...evidenceLines(ALSO, also, look),
      ...evidenceLines(AGAINST, nearest(measured), look),
      ...unknownLines(measured, look),
      ...(target.tid === null ? threadLines(classification.threads, show, look) : []),
      ...costLines(measured, look),
      ...(next === null ? [] : [`${look.say({ en: 'Next', ko: '다음' })}: ${next}`]),
    ],
  };
}

const FOR: Sentence = { en: 'for', ko: '근거' };
const ALSO: Sentence = { en: 'also', ko: '추가' };
const AGAINST: Sentence = { en: 'against', ko: '반증' };
const INDENT = 11;

export function analyzeVerdict({ work, classification, target }: MeasuredWork): Sentence {
  const id = target.tid === null ? `${work.comm} ${work.tgid}` : `tid:${target.tid}`;
  const chosen = classification.judgements.find((one) => one.id === classification.class);
  if (chosen === undefined) return unknownVerdict(id, classification.judgements);
  const ran = work.threads.reduce((sum, { runPct }) => sum + (typeof runPct === 'number' ? runPct : 0), 0);
  const threads = plural(work.threads.length, 'thread');
  return {
    en: `${chosen.name.en}: ${id}, ${threads}, ${formatPct(ran)} of a CPU`,
    ko: `${chosen.name.ko}: ${id}, 스레드 ${work.threads.length}개, CPU 하나의 ${formatPct(ran)}`,
  };
}

/** Too short to tell, or nothing to tell of. */
function unknownVerdict(id: string, judgements: readonly Judged[]): Sentence {
  const undecided = judgements.find((one) => one.neededNs !== null);
  if (undecided?.detail)
    return { en: `UNKNOWN: ${undecided.detail.en}`, ko: `알 수 없음: ${undecided.detail.ko}` };
  const ran = judgements.find((one) => one.id === 'balanced')?.measures[0]?.value ?? 0;
  return {
    en: `UNKNOWN: ${id} ran ${formatPct(ran)} of a CPU; from 1 % on there is work to classify`,
    ko: `알 수 없음: ${id}은(는) CPU의 ${formatPct(ran)}만 실행되었습니다. 1 %부터 유형을 판단할 수 있습니다`,
  };
}

function nextCommand({ classification, work, target }: MeasuredWork): string | null {
  const name = target.tid === null ? `${work.tgid}` : `tid:${target.tid}`;
  const seconds = Math.ceil((classification.neededNs ?? 0) / 1e9);
  if (classification.class !== 'unknown') return `keel why ${work.tgid}`;
  return `keel analyze ${name} --for ${seconds > 0 ? seconds : 60}s`;
}

function evidenceLines(head: Sentence, judgements: readonly Judged[], look: Look): string[] {
  return judgements.flatMap((one) => {
    const name = head === FOR ? '' : `${look.say(one.name).toLowerCase()}: `;
    const measures = head === FOR || head === ALSO ? one.measures : one.measures.slice(0, 1);
    const numbers = measures.map((measure) => measureText(measure, look)).join('; ');
    const detail = one.detail === null || head === AGAINST ? '' : safeName(look.say(one.detail));
    return [
      ...(detail === '' ? [] : beside(head, name + detail, look)),
      ...beside(head, (detail === '' ? name : '') + numbers, look),
    ];
  });
}

function measureText(measure: Measure, look: Look): string {
  const limit = formatEvidence({ value: measure.limit, unit: measure.unit }, look);
  const text = safeName(look.say(measure.text));
  return look.say({
    en: `${text} ${formatEvidence(measure, look)} (limit ${limit})`,
    ko: `${text} ${formatEvidence(measure, look)} (기준 ${limit})`,
  });
}

function beside(head: Sentence, text: string, look: Look): string[] {
  const lines = wrapEvidence(text, look.width - INDENT);
  return lines.map((line, i) => padEnd(i === 0 ? `  ${look.say(head)}` : '', INDENT) + line);
}

/** The kinds that it is not, the one that came nearest to its limit first. */
function nearest({ classification }: MeasuredWork): readonly Judged[] {
  const share = ({ measures: [first] }: Judged) => (first === undefined ? 0 : first.value / first.limit);
  return classification.judgements
    .filter((one) => !one.fits && one.measures.length > 0 && one.id !== 'balanced')
    .sort((a, b) => share(b) - share(a))
    .slice(0, SHOWN_AGAINST);
}

function unknownLines({ classification }: MeasuredWork, look: Look): string[] {
  const dash: Sentence = look.unicode ? { en: '—', ko: '—' } : { en: '-', ko: '-' };
  return classification.judgements.flatMap((one) => {
    if (one.gap === null) return [];
    const name = look.say(one.name).toLowerCase();
    const text = look.say({
      en: `${name}: ${safeName(one.gap.path)}, ${safeName(one.gap.hint)}`,
      ko: `${name}: 알 수 없음 (${safeName(one.gap.path)}, ${one.gap.reason})`,
    });
    return beside(dash, text, look);
  });
}

function costLines({ work, watched }: MeasuredWork, look: Look): string[] {
  const elapsed = formatDuration(work.elapsedNs, look.unicode);
  const own = watched.ownRunNs;
  const cost = own === null ? null : formatPct((own / watched.window.interval.elapsedNs) * 100);
  const text = look.say({
    en: `${elapsed} in ${plural(work.intervals, 'interval')}${cost === null ? '' : `; that took ${cost} of one CPU`}.`,
    ko: `${elapsed}, 구간 ${work.intervals}개${cost === null ? '' : `. 측정에 CPU 하나의 ${cost}를 썼습니다`}.`,
  });
  return cells(text) <= look.width ? [text] : wrap(text, look.width);
}
