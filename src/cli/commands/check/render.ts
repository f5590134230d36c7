/** `keel check` as lines for people. */
import type { CheckedTarget, CheckResult } from '../../../app/check-process.ts';
import { hintFor, isMissing, present } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { CheckedMachine, ProcessCheck } from '../../../model/process-check.ts';
import { nextCommandOn } from '../../next-command.ts';
import { formatDuration } from '../../output/format.ts';
import { cells, cutMiddle, type Look, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { checkJson, shownThreads } from './json.ts';
import { memoryLine, placementLine } from './phrases.ts';
import { dash, threadTable } from './threads.ts';

/** Which machine was looked at: whether there is a next command depends on it. */
export interface Origin {
  /** Of a captured machine; undefined for the running one. */
  readonly sysroot: string | undefined;
  /** Whether `keel why` can look at it: a window needs two moments. */
  readonly hasWindow: boolean;
}

export function checkLines(result: CheckResult, most: number, origin: Origin, look: Look): string[] {
  const isLive = origin.sysroot === undefined;
  const blocks = result.checked.map((one) => processLines(one, result.machine, { most, isLive }, look));
  const ended = result.checked.some(({ process }) => process.state === 'Z');
  const remedy = result.checked.flatMap((one) => one.warnings).flatMap((one) => one.remedies)[0]?.command;
  const first = result.checked[0]?.process.tgid;
  const next = nextCommandOn(remedy ?? (origin.hasWindow ? `keel why ${first}` : null), origin.sysroot);
  return [
    ...blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block])),
    ...gapLines(result, look),
    ...(ended || next === null ? [] : [`${look.say({ en: 'Next', ko: '다음' })}: ${next}`]),
  ];
}

interface Shown {
  readonly most: number;
  /** Of a captured machine, a command without --sysroot would look at another process. */
  readonly isLive: boolean;
}

function processLines(
  one: CheckedTarget,
  machine: CheckedMachine,
  { most, isLive }: Shown,
  look: Look,
): string[] {
  const { process, target } = one;
  const threads = shownThreads(one);
  const sorted = [...threads].sort((a, b) => delayOf(b) - delayOf(a) || a.tid - b.tid);
  const shown = sorted.slice(0, most);
  const hidden = sorted.length - shown.length;
  const whole = isLive ? `keel check ${process.tgid} --all` : '--all';
  return [
    headLine(process, look),
    ...wrapped(placementLine(process, machine, look), look),
    ...wrapped(memoryLine(process, look), look),
    ...warningLines(one, look),
    ...threadTable(shown, look),
    ...(hidden > 0
      ? [
          look.say({
            en: `${hidden} more by run delay: ${whole}`,
            ko: `실행 지연 순으로 ${hidden}개 더: ${whole}`,
          }),
        ]
      : []),
    ...(target.tid === null || process.threads.length === 1
      ? []
      : [
          look.say({
            en: `one of ${process.threads.length} threads: keel check ${process.tgid}`,
            ko: `스레드 ${process.threads.length}개 중 하나: keel check ${process.tgid}`,
          }),
        ]),
  ];
}

function delayOf(thread: ProcessCheck['threads'][number]): number {
  return present(thread.runDelayNs) ? Number(thread.runDelayNs) : -1;
}

/** `arena 4127   arena.service   since 3 d 4 h   /srv/arena/arena`; what does not fit is cut or left out. */
function headLine(process: ProcessCheck, look: Look): string {
  const name = cutMiddle(`${safeName(process.comm)} ${process.tgid}`, look.width, look.unicode);
  const place = present(process.cgroup) ? (process.cgroup.unit ?? process.cgroup.path) : '';
  const state = process.state === 'Z' ? look.say(ZOMBIE) : ageText(process, look);
  const path = present(process.executable) ? process.executable : '';
  let room = look.width - cells(name) - cells(state) - GAP.length;
  const fitted = (text: string, widest: number) => {
    const width = Math.min(widest, room - GAP.length);
    if (text === '' || width < Math.min(NARROWEST, cells(safeName(text)))) return '';
    const cut = cutMiddle(safeName(text), width, look.unicode);
    room -= cells(cut) + GAP.length;
    return cut;
  };
  const parts = [look.colors.bold(name), fitted(place, WIDEST_PLACE), state, fitted(path, look.width)];
  return parts.filter((part) => part !== '').join(GAP);
}

const GAP = '   ';
const NARROWEST = 12;
const WIDEST_PLACE = 36;

function ageText({ ageNs }: ProcessCheck, look: Look): string {
  if (isMissing(ageNs)) return '';
  const age = formatDuration(ageNs < 1e9 ? ageNs : Math.round(ageNs / 1e9) * 1e9, look.unicode);
  return look.say({ en: `since ${age}`, ko: `${age} 전부터` });
}

const ZOMBIE: Sentence = {
  en: 'ended; its parent has not collected it',
  ko: '끝났지만 부모가 아직 거두지 않았습니다',
};

/** `! what is set wrong`, and below it what to do. */
function warningLines({ warnings }: CheckedTarget, look: Look): string[] {
  return warnings.flatMap((warning) => {
    const mark = warning.severity === 'info' ? look.colors.dim('i') : look.colors.yellow('!');
    const [first = '', ...rest] = wrap(safeName(look.say(warning.summary)), look.width - 2);
    const remedy = warning.remedies[0];
    const next = remedy?.command ? wrap(`${look.say(remedy.text)}: ${remedy.command}`, look.width - 2) : [];
    return [`${mark} ${first}`, ...[...rest, ...next].map((line) => `  ${line}`)];
  });
}

/** One line for each reason that values could not be read. */
function gapLines(result: CheckResult, look: Look): string[] {
  const gaps = checkJson(result).gaps;
  if (gaps.length === 0) return [look.say(NOTHING_MISSING)];
  const hints = new Map<string, string[]>();
  for (const gap of gaps) {
    const field = gap.field.replace(/^.*\./, '');
    // What the kernel said besides is English.
    const hint = look.language === 'en' ? gap.hint : look.say(hintFor(gap.reason));
    hints.set(hint, [...(hints.get(hint) ?? []), field]);
  }
  return [...hints].flatMap(([hint, fields]) => wrapped(`${dash(look)} ${fields.join(', ')}: ${hint}`, look));
}

const NOTHING_MISSING: Sentence = {
  en: 'All since thread start; nothing missing.',
  ko: '모두 스레드 시작부터의 값이며, 빠진 것이 없습니다.',
};

function wrapped(line: string, look: Look): string[] {
  return wrap(line, look.width - 2).map((part, i) => (i === 0 ? part : `  ${part}`));
}
