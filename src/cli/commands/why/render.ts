/** `keel why` as a document and as lines: the verdict first, the evidence, the next command last. */
import type { Watched } from '../../../app/watch-window.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import type { Finding, Measure } from '../../../diagnosis/finding.ts';
import type { DocumentOutput } from '../../command.ts';
import { nextCommandOn } from '../../next-command.ts';
import { evidenceJson, formatEvidence, wrapEvidence } from '../../output/evidence.ts';
import { formatCount, formatPct } from '../../output/format.ts';
import { cells, type Look, padStart, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { memoryJson, notMemoryLines, treeLines } from './tree.ts';

/** Of what was ruled out, this many are named; all are in the JSON. */
const SHOWN_RULED_OUT = 10;
const SHOWN_GAPS = 3;
/** The third and further of a kind are shown only after the first of the others. */
const FIRST_OF_A_RULE = 2;

export interface WhyView {
  /** Most findings in text. */
  readonly show: number;
  /** With the questions of the diagnosis tree. */
  readonly tree?: boolean;
  /** Of the captured machine that was looked at; undefined for the running one. */
  readonly sysroot?: string | undefined;
}

export function whyOutput(watched: Watched, { show, tree = false, sysroot }: WhyView): DocumentOutput {
  const { findings, closest, gaps } = watched.diagnosis;
  const { interval } = watched.window;
  const next = nextCommandOn(nextCommand(findings) ?? steadyNext(watched), sysroot);
  return {
    kind: 'document',
    findings: findings.length,
    json: {
      schema: 'keel.why/1',
      windowNs: interval.elapsedNs,
      findings: findings.map(findingJson),
      verdict: whyVerdict(watched).en,
      next,
      closest: closest.map((one) => ({ ...evidenceJson(one), limit: one.limit })),
      memory: memoryJson(watched.memory),
      processes: watched.processes,
      threads: watched.threads,
      obtainedBy: watched.obtainedBy,
      overheadPct: watched.ownRunNs === null ? null : (watched.ownRunNs / interval.elapsedNs) * 100,
      ended: watched.ended.map(({ tgid, comm }) => ({ tgid, comm })),
      gaps: gaps.map((gap) => ({ ...gap })),
    },
    lines: (look) => [
      ...wrap(safeName(look.say(whyVerdict(watched))), look.width).map(look.colors.bold),
      ...shownFirst(findings, show).flatMap((finding) => findingLines(finding, look)),
      ...moreLine(findings.length, show, look),
      ...closestLines(closest, findings.length > 0, look),
      ...(watched.memory === null ? [] : notMemoryLines(watched.memory, look)),
      ...(tree && watched.memory !== null ? treeLines(watched.memory, look) : []),
      ...gapLines(watched, look),
      ...costLines(watched, look),
      ...nextLines(findings, next, look),
    ],
  };
}

/** The heaviest, but not only one kind: when a machine is full everything waits, and two of them say that. */
function shownFirst(findings: readonly Finding[], show: number): readonly Finding[] {
  const place = (finding: Finding) =>
    findings.filter((one) => one.rule === finding.rule).indexOf(finding) < FIRST_OF_A_RULE ? 0 : 1;
  return [...findings]
    .sort((a, b) => place(a) - place(b) || b.rankRatio - a.rankRatio)
    .slice(0, show)
    .sort((a, b) => b.rankRatio - a.rankRatio);
}

function nextCommand(findings: readonly Finding[]): string | null {
  const commands = findings.flatMap((finding) => finding.remedies.map((remedy) => remedy.command));
  return commands.find((command) => command !== null) ?? null;
}

/** What was steady in this window may not be in another. null of the whole machine, and of what has ended. */
function steadyNext({ window, ended }: Watched): string | null {
  const [tgid, ...more] = window.target ?? [];
  return tgid === undefined || more.length > 0 || ended.length > 0 ? null : `keel watch ${tgid}`;
}

/** The answer in one sentence. */
export function whyVerdict({ window, diagnosis, ended }: Watched): Sentence {
  const seconds = (window.interval.elapsedNs / 1e9).toFixed(1);
  const [first] = diagnosis.findings;
  const asked = window.interval.processes.filter((process) => window.target?.has(process.tgid));
  const isSteady = diagnosis.findings.every((finding) => finding.subject === null);
  if (first !== undefined && (!isSteady || asked.length === 0)) return first.verdict;
  if (first !== undefined) {
    const names = asked.map((process) => `${process.comm} ${process.tgid}`).join(', ');
    return {
      en: `NOTHING UNSTEADY in ${names}; but the machine: ${first.verdict.en}`,
      ko: `${names}: 불안정한 것이 없음. 다만 컴퓨터 전체로는: ${first.verdict.ko}`,
    };
  }
  const [gone] = ended;
  if (gone !== undefined) {
    return {
      en: `NOT KNOWN: ${gone.comm} ${gone.tgid} ended within the ${seconds} s.`,
      ko: `알 수 없음: ${gone.comm} ${gone.tgid}이(가) ${seconds}초 안에 끝났습니다.`,
    };
  }
  return { en: `NOTHING UNSTEADY in ${seconds} s.`, ko: `${seconds}초 동안 불안정한 것이 없었습니다.` };
}

/** Mark and share stand out on the left; summary and evidence beside them. */
function findingLines(finding: Finding, look: Look): string[] {
  const bound = finding.isEstimate ? (look.unicode ? '≤' : '<=') : '';
  const share = `${finding.mark} ${padStart(bound + formatPct(finding.weightRatio * 100), 8)}  `;
  const indent = ' '.repeat(share.length);
  const evidence = finding.evidence
    .map((one) => `${safeName(look.say(one.text))} ${formatEvidence(one, look)}`)
    .join(', ');
  const beside = (text: string) => wrapEvidence(text, look.width - share.length);
  const [first = '', ...rest] = beside(safeName(look.say(finding.summary)));
  const [remedy] = finding.remedies;
  return [
    coloured(finding, look)(share) + first,
    ...rest.map((line) => indent + line),
    ...beside(evidence).map((line) => indent + look.colors.dim(line)),
    ...(remedy !== undefined && remedy.command === null
      ? beside(look.say(remedy.text)).map((line) => indent + line)
      : []),
  ];
}

function coloured(finding: Finding, look: Look): (text: string) => string {
  if (finding.severity === 'critical') return look.colors.red;
  return finding.severity === 'warning' ? look.colors.yellow : (text) => text;
}

function moreLine(all: number, show: number, look: Look): string[] {
  const more = all - show;
  if (more <= 0) return [];
  return [
    look.say({
      en: `${plural(more, 'more finding')}: --show ${all}`,
      ko: `발견 ${more}개 더: --show ${all}`,
    }),
  ];
}

/** With findings, what they are not; without, how close it came. */
function closestLines(closest: readonly Measure[], found: boolean, look: Look): string[] {
  if (closest.length === 0) return [];
  const named = [...closest]
    .slice(0, SHOWN_RULED_OUT)
    .map((one) => `${look.say(one.text)} ${formatEvidence(one, look)}`)
    .join(', ');
  const head = found
    ? look.say({ en: 'Not the cause', ko: '원인이 아닌 것' })
    : look.say({ en: 'Closest', ko: '가장 가까운 값' });
  return wrapEvidence(`${head}: ${named}.`, look.width);
}

function gapLines({ diagnosis }: Watched, look: Look): string[] {
  const dash = look.unicode ? '—' : '-';
  return diagnosis.gaps.slice(0, SHOWN_GAPS).flatMap((gap) =>
    wrap(
      look.say({
        en: `${dash} ${gap.field}: ${safeName(gap.path)}, ${gap.hint}`,
        ko: `${dash} ${gap.field}: ${safeName(gap.path)} (${gap.reason})`,
      }),
      look.width,
    ),
  );
}

const READINGS: Readonly<Record<Watched['obtainedBy'] | 'capture', Sentence>> = {
  bpf: { en: 'read twice by BPF', ko: 'BPF로 두 번 읽음' },
  proc: { en: '/proc read twice', ko: '/proc를 두 번 읽음' },
  capture: { en: 'two moments of a capture', ko: '캡처의 두 순간' },
};

function costLines({ window, processes, threads, ownRunNs, obtainedBy }: Watched, look: Look): string[] {
  const seconds = (window.interval.elapsedNs / 1e9).toFixed(1);
  const cost = ownRunNs === null ? null : formatPct((ownRunNs / window.interval.elapsedNs) * 100);
  const reading = READINGS[ownRunNs === null ? 'capture' : obtainedBy];
  const en = `${plural(threads, 'thread')} of ${plural(processes, 'process', 'processes')}, ${seconds} s, ${reading.en}`;
  const ko = `프로세스 ${formatCount(processes)}개, 스레드 ${formatCount(threads)}개, ${seconds}초, ${reading.ko}`;
  return wrap(
    look.say({
      en: cost === null ? `${en}.` : `${en}; that took ${cost} of one CPU.`,
      ko: cost === null ? `${ko}.` : `${ko}. CPU 하나의 ${cost} 사용.`,
    }),
    look.width,
  ).map(look.colors.dim);
}

/** The command comes last, so that it can be pasted; what it is for stands beside it, or above where that is long. */
function nextLines(findings: readonly Finding[], next: string | null, look: Look): string[] {
  if (next === null) return [];
  const remedy = findings
    .flatMap((finding) => finding.remedies)
    .find((one) => one.command !== null && next.startsWith(one.command));
  const command = `${look.say({ en: 'Next', ko: '다음' })}: ${next}`;
  const text = remedy?.text ?? (next.startsWith('keel watch ') ? SEE_LIVE : null);
  const purpose = text === null ? '' : look.say(text);
  const both = `${command}    ${purpose}`.trimEnd();
  return cells(both) <= look.width ? [both] : [...wrap(purpose, look.width), command];
}

const SEE_LIVE: Sentence = { en: 'to see it when it happens', ko: '문제가 생길 때 실시간으로 보기' };

function findingJson(finding: Finding) {
  return {
    rule: finding.rule,
    severity: finding.severity,
    subject: finding.subject === null ? null : { ...finding.subject },
    verdict: finding.verdict.en,
    summary: finding.summary.en,
    sharePct: finding.weightRatio * 100,
    isEstimate: finding.isEstimate,
    evidence: finding.evidence.map(evidenceJson),
    against: finding.against.map(evidenceJson),
    remedies: finding.remedies.map((one) => ({
      text: one.text.en,
      command: one.command,
      undo: one.undo,
      action: one.action === undefined ? null : { ...one.action },
      // All that it held: a remedy cannot gain more.
      gainAtMostPct: finding.weightRatio * 100,
    })),
  };
}
