/** `keel recommend` as lines: the answer first, what it rests on, how to do it, keep it and take it back. */
import { keelCommands, type Recommended } from '../../../app/recommend-placement.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { shellWord } from '../../../base/shell-word.ts';
import type { Artefact, ArtefactForm } from '../../../placement/artefact.ts';
import type { Proposal } from '../../../placement/proposal.ts';
import type { DocumentOutput } from '../../command.ts';
import { nextCommandOn } from '../../next-command.ts';
import { formatDuration, formatPct } from '../../output/format.ts';
import { cells, type Look, padEnd, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { proofSentence } from '../optimize/proof.ts';
import { formatChange } from '../optimize/values.ts';
import { recommendJson } from './json.ts';

const INDENT = 11;
const SHOWN_OTHERS = 3;

export interface View {
  readonly all: boolean;
  /** The form that was asked for. */
  readonly form: ArtefactForm | null;
  /** Of the captured machine that was looked at; undefined for the running one. */
  readonly sysroot: string | undefined;
}

export function recommendOutput(recommended: Recommended, view: View): DocumentOutput {
  const { recommendation, situation } = recommended;
  const next = nextCommandOn(nextCommand(recommended), view.sysroot);
  return {
    kind: 'document',
    json: recommendJson(recommended, next),
    lines: (look) => [
      ...wrap(safeName(look.say(recommendation.verdict)), look.width).map(look.colors.bold),
      ...becauseLines(recommended, look),
      ...choiceLines(recommended, look),
      ...(recommendation.choice === null ? [] : artefactLines(recommended, view, look)),
      ...otherLines(recommendation.others, view, look),
      ...adviceLines(recommended, view, look),
      ...(view.all ? notAppliedLines(recommended, look) : []),
      ...wrap(costText(recommended, look), look.width),
      ...(situation.windowNs < 5e9 ? wrap(look.say(SHORT), look.width) : []),
      ...(next === null ? [] : [`${look.say({ en: 'Next', ko: '다음' })}: ${next}`]),
    ],
  };
}

const SHORT: Sentence = {
  en: 'A short window: rare lateness is not in it.',
  ko: '관찰 시간이 짧아 드물게 늦는 일은 보이지 않을 수 있습니다.',
};

function nextCommand({ recommendation, situation }: Recommended): string {
  const { tgid } = situation.target;
  if (recommendation.kind === 'no-advice') return `keel why ${tgid} --for 30s`;
  return recommendation.kind === 'leave-alone' ? `keel analyze ${tgid}` : `keel optimize ${tgid}`;
}

function becauseLines({ recommendation }: Recommended, look: Look): string[] {
  if (recommendation.kind === 'no-advice') return [];
  const bound = look.unicode ? '≤' : '<=';
  return recommendation.because.flatMap(({ summary, sharePct, isEstimate }) =>
    beside(BECAUSE, `${isEstimate ? bound : ''}${formatPct(sharePct)}  ${safeName(look.say(summary))}`, look),
  );
}

const BECAUSE: Sentence = { en: 'because', ko: '이유' };
const NOW: Sentence = { en: 'now', ko: '지금' };
const UNDO: Sentence = { en: 'undo', ko: '되돌리기' };

function choiceLines(recommended: Recommended, look: Look): string[] {
  const { choice } = recommended.recommendation;
  if (choice === null) return triedLines(recommended, look);
  const isProven = provenName(recommended) === choice.name;
  return [
    ...beside({ en: 'here', ko: '여기서' }, safeName(look.say(choice.why)), look),
    ...(isProven
      ? []
      : beside(
          { en: 'gain', ko: '기대' },
          `${look.say(choice.expectedGain)}. ${look.say(NOT_PROVED)}`,
          look,
        )),
    ...triedLines(recommended, look),
    ...beside({ en: 'price', ko: '대가' }, safeName(look.say(choice.risk)), look),
    ...(isProven ? [] : keelCommands(recommended)).flatMap((line) =>
      beside(NOW, `${line}    ${look.say(BY_ITSELF)}`, look),
    ),
    ...(isProven ? [] : recommended.groups).flatMap(({ now: line, undo, note }) => [
      ...beside(NOW, `${line}${note === null ? '' : `    (${safeName(look.say(note))})`}`, look),
      ...beside(UNDO, undo, look),
    ]),
  ];
}

/** The best proof, what hurts, and how to have the proof again. */
function triedLines({ tried, situation }: Recommended, look: Look): string[] {
  const [best] = tried.helps;
  const hurts = tried.hurts.slice(0, SHOWN_HARMS).map(({ candidate }) => {
    const change = candidate.effectPct === null ? '' : `: ${formatChange(candidate.effectPct)}`;
    return look.say({
      en: `${safeName(candidate.summary.en)}${change}, hurts`,
      ko: `${safeName(candidate.summary.ko)}${change}, 나빠짐`,
    });
  });
  if (best === undefined) return hurts.flatMap((text) => beside(TRIED, text, look));
  const proof = `${safeName(best.candidate.name)}: ${look.say(proofSentence(best))}`;
  const { inForce } = tried;
  const state = look.say({ en: `in force as ${inForce}`, ko: `${inForce}(으)로 적용되어 있음` });
  return [
    ...beside(PROVED, [inForce === null ? proof : `${proof}, ${state}`, ...hurts].join('; '), look),
    ...(inForce === null
      ? [
          `${margin(NOW, look)}keel optimize ${situation.target.tgid} --apply ${shellWord(best.candidate.name)}`,
        ]
      : beside(UNDO, `keel undo ${inForce}`, look)),
  ];
}

/** The proof that the answer follows; null where it follows none. */
function provenName({ tried }: Recommended): string | null {
  return tried.helps[0]?.candidate.name ?? null;
}

const SHOWN_HARMS = 2;
const PROVED: Sentence = { en: 'proved', ko: '입증' };
const TRIED: Sentence = { en: 'tried', ko: '시험함' };

const NOT_PROVED: Sentence = {
  en: 'Not proved here yet: only a trial on this process proves it',
  ko: '아직 입증되지 않았습니다. 이 프로세스에서 시험해 보아야 압니다',
};
const BY_ITSELF: Sentence = { en: 'undone by itself after 10 min', ko: '10분 뒤 저절로 되돌아갑니다' };

/** The form asked for; else a unit's drop-in where it has a unit, then its container's options, then taskset. */
function artefactLines({ artefacts }: Recommended, { form }: View, look: Look): string[] {
  const order: readonly ArtefactForm[] = form === null ? ['systemd', 'taskset', 'docker'] : [form];
  const found = order
    .map((wanted) => artefacts.find((one) => one.form === wanted))
    .find((one) => one !== undefined && (form !== null || !('because' in one.answer)));
  if (found === undefined) return [];
  if ('because' in found.answer)
    return beside(verbatimHead(found.form), look.say(found.answer.because), look);
  const rest = artefacts
    .filter((one) => one.form !== found.form && !('because' in one.answer))
    .map((one) => one.form)
    .join(', ');
  return [
    ...written(found.form, found.answer, look),
    ...(form === null && rest !== '' ? beside(OTHER_FORMS, `--as ${rest}`, look) : []),
  ];
}

const OTHER_FORMS: Sentence = { en: 'forms', ko: '다른 형식' };

function verbatimHead(form: ArtefactForm): Sentence {
  return { en: form, ko: form };
}

/** Lines to be pasted are not broken: a file's text as it is, a command on one line. */
function written(form: ArtefactForm, { files, commands, undo, notes }: Artefact, look: Look): string[] {
  const head = verbatimHead(form);
  const file = files.flatMap(({ path, text }) => [
    path,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ]);
  const lines = (title: Sentence, all: readonly string[]) =>
    all.map((line, i) => margin(i === 0 ? title : null, look) + safeName(line));
  return [
    ...lines(head, [...file, ...commands]),
    ...lines(UNDO, undo),
    ...notes.flatMap((note) => beside({ en: 'note', ko: '참고' }, look.say(note), look)),
  ];
}

function otherLines(others: readonly Proposal[], { all }: View, look: Look): string[] {
  const shown = all ? others : others.slice(0, SHOWN_OTHERS);
  return shown.flatMap((one) => {
    const bound = one.upToPct === null ? '?' : `${look.unicode ? '≤' : '<='}${formatPct(one.upToPct)}`;
    return beside({ en: 'or', ko: '또는' }, `${bound}  ${safeName(look.say(one.summary))}`, look);
  });
}

function adviceLines({ recommendation }: Recommended, { all }: View, look: Look): string[] {
  return recommendation.advice
    .filter(({ applies }) => applies || all)
    .flatMap(({ about, text, command, undo, applies }) => {
      const mark = applies ? { en: 'also', ko: '추가' } : { en: 'not', ko: '제외' };
      return [
        ...beside(mark, `${look.say(about)}: ${safeName(look.say(text))}`, look),
        ...(command === null ? [] : beside(NOW, command, look)),
        ...(undo === null ? [] : beside(UNDO, undo, look)),
      ];
    });
}

function notAppliedLines({ recommendation }: Recommended, look: Look): string[] {
  return recommendation.notApplied.flatMap(({ strategy, because }) =>
    beside({ en: 'not', ko: '제외' }, `${strategy}: ${safeName(look.say(because))}`, look),
  );
}

function costText({ measured, situation }: Recommended, look: Look): string {
  const own = measured.watched.ownRunNs;
  const elapsed = formatDuration(situation.windowNs, look.unicode);
  const cost = own === null ? null : formatPct((own / situation.windowNs) * 100);
  return look.say({
    en: `Measured for ${elapsed}${cost === null ? '' : `; that took ${cost} of one CPU`}. Nothing was changed.`,
    ko: `${elapsed} 동안 측정했습니다${cost === null ? '' : ` (CPU 하나의 ${cost})`}. 아무것도 바꾸지 않았습니다.`,
  });
}

function beside(head: Sentence, text: string, look: Look): string[] {
  return wrap(text, look.width - INDENT).map((line, i) => margin(i === 0 ? head : null, look) + line);
}

function margin(head: Sentence | null, look: Look): string {
  const text = head === null ? '' : `  ${look.say(head)}`;
  return padEnd(text, INDENT) + (cells(text) >= INDENT ? ' ' : '');
}
