/** `keel why` as a document and as lines. */
import type { Diagnosis } from '../../../diagnosis/diagnose.ts';
import type { Evidence, Finding, Window } from '../../../diagnosis/finding.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatBytes, formatCount, formatDuration, formatPct, significant } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';

export function whyOutput(window: Window, diagnosis: Diagnosis): DocumentOutput {
  const { findings } = diagnosis;
  const next = findings[0]?.remedies[0]?.command ?? null;
  return {
    kind: 'document',
    findings: findings.length,
    json: {
      schema: 'keel.why/1',
      windowNs: window.interval.elapsedNs,
      findings: findings.map(findingJson),
      verdict: verdict(findings, window).en,
      next,
      gaps: diagnosis.gaps.map((gap) => ({ ...gap })),
    },
    lines: (look) => [
      look.colors.bold(safeName(look.say(verdict(findings, window)))),
      ...findings.flatMap((finding, i) => findingLines(finding, i + 1, look)),
      ...(next === null ? [] : [`${look.say({ en: 'Next', ko: '다음' })}: ${next}`]),
    ],
  };
}

function verdict(findings: readonly Finding[], window: Window) {
  const seconds = (window.interval.elapsedNs / 1e9).toFixed(1);
  const [first] = findings;
  if (first === undefined) {
    return { en: `NOTHING UNSTEADY in ${seconds} s.`, ko: `${seconds}초 동안 불안정한 것이 없었습니다.` };
  }
  return first.summary;
}

function findingLines(finding: Finding, number: number, look: Look): string[] {
  const evidence = finding.evidence
    .map((one) => `${look.say(one.text)} ${formatEvidence(one, look)}`)
    .join(', ');
  return [`${number}  ${safeName(look.say(finding.summary))}`, `   ${evidence}`];
}

function formatEvidence(evidence: Evidence, look: Look): string {
  switch (evidence.unit) {
    case 'Ns':
      return formatDuration(evidence.value, look.unicode);
    case 'Pct':
      return formatPct(evidence.value);
    case 'Bytes':
      return formatBytes(evidence.value);
    case 'PerSec':
      return `${significant(evidence.value)}/s`;
    default:
      return `${formatCount(evidence.value)} ${evidence.unit}`;
  }
}

function findingJson(finding: Finding) {
  const evidence = (list: readonly Evidence[]) =>
    list.map((one) => ({ text: one.text.en, value: one.value, unit: one.unit, source: one.source }));
  return {
    rule: finding.rule,
    severity: finding.severity,
    subject: finding.subject === null ? null : { ...finding.subject },
    summary: finding.summary.en,
    evidence: evidence(finding.evidence),
    against: evidence(finding.against),
    remedies: finding.remedies.map((one) => ({ text: one.text.en, command: one.command, undo: one.undo })),
  };
}
