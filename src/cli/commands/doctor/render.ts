/** `keel doctor` as a document and as lines. */
import type { Judged } from '../../../app/judge-abilities.ts';
import { isMissing, orNull } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { AbilityState, Judgement } from '../../../diagnosis/ability.ts';
import { CAPABILITY_BITS, type Capabilities } from '../../../model/capabilities.ts';
import type { DocumentOutput } from '../../command.ts';
import { cells, type Look, padEnd } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';

/** Without `--all`, as many abilities are explained. */
const EXPLAINED = 2;

const WORDS: Readonly<Record<AbilityState, Sentence>> = {
  ok: { en: 'ok', ko: '가능' },
  partly: { en: 'partly', ko: '일부' },
  no: { en: 'no', ko: '불가' },
  unknown: { en: 'unknown', ko: '모름' },
};

export function doctorOutput(judged: Judged, all: boolean): DocumentOutput {
  const { capabilities, abilities, gaps } = judged;
  return {
    kind: 'document',
    json: {
      schema: 'keel.doctor/1',
      release: capabilities.release,
      arch: capabilities.arch,
      uid: orNull(capabilities.uid),
      capabilities: isMissing(capabilities.held) ? null : [...capabilities.held],
      lockdown: orNull(capabilities.lockdown),
      perfParanoia: orNull(capabilities.perfParanoia),
      seccompMode: orNull(capabilities.seccompMode),
      container: isMissing(capabilities.isInitialNamespace) ? null : !capabilities.isInitialNamespace,
      abilities: abilities.map(({ ability, judgement }) => ({
        id: ability.id,
        name: ability.name.en,
        state: judgement.state,
        detail: judgement.detail.en,
        because: judgement.because?.en ?? null,
        costs: judgement.costs?.en ?? null,
        grant: judgement.grant?.en ?? null,
      })),
      gaps: gaps.map((gap) => ({ ...gap })),
    },
    lines: (look) => [
      look.colors.bold(headLine(judged, look)),
      ...userLines(capabilities, look),
      ...abilityLines(judged, all, look),
    ],
  };
}

function headLine({ abilities, capabilities }: Judged, look: Look): string {
  const count = (state: AbilityState) => abilities.filter((one) => one.judgement.state === state).length;
  const [ok, partly, no, unknown] = [count('ok'), count('partly'), count('no'), count('unknown')];
  const kernel = `Linux ${capabilities.release ?? '?'}`;
  return look.say({
    en: `${ok} of ${abilities.length} abilities ready${partly > 0 ? `, ${partly} partly` : ''}${no > 0 ? `, ${no} not` : ''}${unknown > 0 ? `, ${unknown} unknown` : ''}. ${kernel}`,
    ko: `기능 ${abilities.length}개 중 ${ok}개 가능${partly > 0 ? `, ${partly}개 일부` : ''}${no > 0 ? `, ${no}개 불가` : ''}${unknown > 0 ? `, ${unknown}개 모름` : ''}. ${kernel}`,
  });
}

/** Who asks, and what narrows it down: root in a container is not root. */
function userLines(
  { uid, held, isInitialNamespace, seccompMode, lockdown }: Capabilities,
  look: Look,
): string[] {
  if (isMissing(uid) || isMissing(held)) return [];
  const lacking = Object.keys(CAPABILITY_BITS).filter((name) => !(held as ReadonlySet<string>).has(name));
  const en = [
    uid === 0 ? (lacking.length === 0 ? 'root' : `root without ${lacking.join(', ')}`) : `user ${uid}`,
    ...(isInitialNamespace === false ? ['in a container'] : []),
    ...(seccompMode === 2 ? ['under a seccomp filter'] : []),
    ...(typeof lockdown === 'string' && lockdown !== 'none' ? [`kernel lockdown ${lockdown}`] : []),
  ];
  const ko = [
    uid === 0 ? (lacking.length === 0 ? 'root' : `root, 단 ${lacking.join(', ')} 없음`) : `사용자 ${uid}`,
    ...(isInitialNamespace === false ? ['컨테이너 안'] : []),
    ...(seccompMode === 2 ? ['seccomp 필터 적용'] : []),
    ...(typeof lockdown === 'string' && lockdown !== 'none' ? [`커널 lockdown ${lockdown}`] : []),
  ];
  return wrap(look.say({ en: `As ${en.join(', ')}:`, ko: `${ko.join(', ')}:` }), look.width);
}

function abilityLines({ abilities }: Judged, all: boolean, look: Look): string[] {
  const words = Math.max(...Object.values(WORDS).map((word) => cells(look.say(word))));
  const names = Math.max(...abilities.map(({ ability }) => cells(look.say(ability.name))));
  let explained = 0;
  const lines = abilities.flatMap(({ ability, judgement }) => {
    const first = `  ${coloured(judgement.state, look)(padEnd(look.say(WORDS[judgement.state]), words))}  ${padEnd(look.say(ability.name), names)}  `;
    const indent = ' '.repeat(2 + words + 2 + names + 2);
    const [head = '', ...rest] = wrap(look.say(judgement.detail), look.width - indent.length);
    const explains = judgement.costs !== null && (all || explained < EXPLAINED);
    if (explains) explained += 1;
    return [
      first + head,
      ...rest.map((line) => indent + line),
      ...(explains ? reasonLines(judgement, words, look) : []),
    ];
  });
  const notReady = abilities.filter(({ judgement }) => judgement.costs !== null).length;
  if (notReady <= explained) return lines;
  const [en, ko] = [
    `Why, what it costs, how to allow it, for all ${notReady}: keel doctor --all`,
    `${notReady}개 모두의 이유와 해결 방법: keel doctor --all`,
  ];
  return [...lines, look.say({ en, ko })];
}

function reasonLines({ because, costs, grant }: Judgement, words: number, look: Look): string[] {
  const parts: (readonly [Sentence, Sentence | null])[] = [
    [{ en: 'because', ko: '이유' }, because],
    [{ en: 'costs', ko: '영향' }, costs],
    [{ en: 'to allow', ko: '허용하려면' }, grant],
  ];
  const titles = Math.max(...parts.map(([title]) => cells(look.say(title))));
  const indent = ' '.repeat(2 + words + 2);
  return parts.flatMap(([title, text]) => {
    if (text === null) return [];
    const [head = '', ...rest] = wrap(look.say(text), look.width - indent.length - titles - 2);
    return [
      `${indent}${padEnd(look.say(title), titles)}  ${head}`,
      ...rest.map((line) => `${indent}${' '.repeat(titles)}  ${line}`),
    ];
  });
}

function coloured(state: AbilityState, look: Look): (text: string) => string {
  if (state === 'ok') return look.colors.green;
  return state === 'no' ? look.colors.red : look.colors.yellow;
}
