/** `keel check` as lines for people. */
import type { CheckedTarget, CheckResult } from '../../../app/check-process.ts';
import { hintFor, isMissing, type Maybe, present } from '../../../base/missing.ts';
import { type Sentence, verbatim } from '../../../base/sentence.ts';
import { tightestQuota } from '../../../model/cgroup.ts';
import { affinityGroups, allowedAnywhere, type ProcessCheck } from '../../../model/process-check.ts';
import { formatBytes, formatCount, formatDuration } from '../../output/format.ts';
import { cells, cutMiddle, type Look, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { checkJson, shownThreads } from './json.ts';
import { dash, policyText, threadTable } from './threads.ts';

const AFFINITY_GROUPS = 3;

export function checkLines(result: CheckResult, most: number, look: Look): string[] {
  const blocks = result.checked.map((one) => processLines(one, most, look));
  const ended = result.checked.some(({ process }) => process.state === 'Z');
  const remedy = result.checked.flatMap((one) => one.warnings).flatMap((one) => one.remedies)[0]?.command;
  const first = result.checked[0]?.process.tgid;
  const next = remedy ?? `keel why ${first}`;
  return [
    ...blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block])),
    ...gapLines(result, look),
    ...(ended ? [] : [`${look.say({ en: 'Next', ko: '다음' })}: ${next}`]),
  ];
}

function processLines(one: CheckedTarget, most: number, look: Look): string[] {
  const { process, target } = one;
  const threads = shownThreads(one);
  const sorted = [...threads].sort((a, b) => delayOf(b) - delayOf(a) || a.tid - b.tid);
  const shown = sorted.slice(0, most);
  const hidden = sorted.length - shown.length;
  return [
    headLine(process, look),
    ...wrapped(placementLine(process, look), look),
    ...wrapped(memoryLine(process, look), look),
    ...warningLines(one, look),
    ...threadTable(shown, look),
    ...(hidden > 0
      ? [
          look.say({
            en: `${hidden} more by run delay: keel check ${process.tgid} --all`,
            ko: `실행 지연 순으로 ${hidden}개 더: keel check ${process.tgid} --all`,
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

/** Affinity, what is allowed, quota, policy. */
function placementLine(process: ProcessCheck, look: Look): string {
  return [
    look.say(affinityPhrase(process, look)),
    look.say(cpusetPhrase(process, look)),
    look.say(quotaPhrase(process, look)),
    ...policyPhrase(process, look),
  ].join(', ');
}

function affinityPhrase(process: ProcessCheck, look: Look): Sentence {
  const groups = affinityGroups(process.threads);
  const all = process.threads.length;
  const [first] = groups;
  if (first === undefined) return verbatim(`affinity ${dash(look)}`);
  const named = groups.slice(0, AFFINITY_GROUPS);
  const more = groups.length - named.length;
  const list = (each: (cpus: string, count: number) => string) =>
    named.map((group) => each(group.affinity.toString(), group.threads.length)).join(', ');
  return {
    en: `affinity ${list((cpus, count) => `${cpus} on ${count}`)} of ${all} ${all === 1 ? 'thread' : 'threads'}${more > 0 ? ` (${more} more masks)` : ''}`,
    ko: `affinity ${list((cpus, count) => `${cpus} (${count}개)`)}, 스레드 ${all}개${more > 0 ? ` (마스크 ${more}가지 더)` : ''}`,
  };
}

/** What is left of the masks, all threads together, and the cpuset they are in. */
function cpusetPhrase(process: ProcessCheck, look: Look): Sentence {
  const allowed = allowedAnywhere(process);
  const cpuset = present(process.cgroup) ? process.cgroup.cpuset : null;
  const inside = present(cpuset) && cpuset !== null ? ` (cpuset ${cpuset.cpus})` : '';
  const cpus = `${allowed.isEmpty ? dash(look) : allowed}${inside}`;
  return { en: `allowed ${cpus}`, ko: `허용 ${cpus}` };
}

function quotaPhrase({ cgroup }: ProcessCheck, look: Look): Sentence {
  if (isMissing(cgroup) || isMissing(cgroup.quotas)) {
    return { en: `quota ${dash(look)}`, ko: `쿼터 ${dash(look)}` };
  }
  const quota = tightestQuota(cgroup.quotas);
  if (quota === null) return { en: 'quota none', ko: '쿼터 없음' };
  const cpus = Number(quota.cpus.toFixed(2));
  const every = formatDuration(quota.periodNs, look.unicode);
  return {
    en: `quota ${cpus} CPUs per ${every}`,
    ko: `쿼터 ${every}마다 CPU ${cpus}개`,
  };
}

/** Only where all threads agree; else the table has a column for it. */
function policyPhrase({ threads }: ProcessCheck, look: Look): string[] {
  const [first] = threads;
  const same = threads.every((thread) => policyText(thread) === policyText(first ?? thread));
  if (first === undefined || !same) return [];
  const slices = new Set(threads.map((thread) => (present(thread.sliceNs) ? thread.sliceNs : null)));
  const [slice] = slices;
  const text = `${look.say({ en: 'policy', ko: '정책' })} ${policyText(first)}`;
  if (slices.size !== 1 || slice === null || slice === undefined || slice === 0n) return [text];
  return [
    text,
    `${look.say({ en: 'slice', ko: '슬라이스' })} ${formatDuration(Number(slice), look.unicode)}`,
  ];
}

/** `RSS 4.10 GiB (node 0: 4.10 GiB), swap 312 MiB, locked 0 B of 8 MiB soft, 8 MiB hard, ...` */
function memoryLine(process: ProcessCheck, look: Look): string {
  const { memory, lockedMemoryLimit: limit, cgroup } = process;
  const bytes = (value: Maybe<number>) => (present(value) ? formatBytes(value) : dash(look));
  const amount = (value: bigint | 'unlimited') =>
    value === 'unlimited' ? look.say({ en: 'unlimited', ko: '무제한' }) : formatBytes(Number(value));
  const nodes = present(memory.byNode) ? [...memory.byNode].filter(([, value]) => value > 0) : [];
  const byNode = nodes.map(
    ([node, value]) => `${look.say({ en: 'node', ko: '노드' })} ${node}: ${formatBytes(value)}`,
  );
  const cgroupLimit = present(cgroup) && present(cgroup.memoryLimit) ? cgroup.memoryLimit : null;
  const children = process.childMinorFaults + process.childMajorFaults;
  const phrases: Sentence[] = [
    verbatim(`RSS ${bytes(memory.rssBytes)}${byNode.length > 0 ? ` (${byNode.join(', ')})` : ''}`),
    { en: `swap ${bytes(memory.swapBytes)}`, ko: `스왑 ${bytes(memory.swapBytes)}` },
    isMissing(limit)
      ? { en: `locked ${bytes(memory.lockedBytes)}`, ko: `잠김 ${bytes(memory.lockedBytes)}` }
      : {
          en: `locked ${bytes(memory.lockedBytes)} of ${amount(limit.soft)} soft, ${amount(limit.hard)} hard`,
          ko: `잠김 ${bytes(memory.lockedBytes)} / 소프트 ${amount(limit.soft)}, 하드 ${amount(limit.hard)}`,
        },
    ...(cgroupLimit === null
      ? []
      : [
          {
            en: `cgroup limit ${amount(cgroupLimit.limitBytes)}`,
            ko: `cgroup 한도 ${amount(cgroupLimit.limitBytes)}`,
          },
        ]),
    ...(children === 0n
      ? []
      : [
          {
            en: `faults of ended children ${formatCount(process.childMinorFaults)}/${formatCount(process.childMajorFaults)}`,
            ko: `끝난 자식의 폴트 ${formatCount(process.childMinorFaults)}/${formatCount(process.childMajorFaults)}`,
          },
        ]),
  ];
  return phrases.map(look.say).join(', ');
}

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
