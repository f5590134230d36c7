/** A notification for people: a title that says it all, and a few lines for each incident. */
import { formatBytes, formatCount, formatDuration, formatPct, significant } from '../base/format.ts';
import { safeName } from '../base/safe-name.ts';
import { type Language, plural, type Sentence } from '../base/sentence.ts';
import type { Severity } from '../diagnosis/finding.ts';
import type { EndReason, Incident, IncidentFinding } from './incident.ts';
import type { Notification } from './notification.ts';

export interface NotificationText {
  readonly title: string;
  readonly lines: readonly string[];
}

export function notificationText(notification: Notification, language: Language): NotificationText {
  const { firing, resolved, omitted } = notification;
  return {
    title: titleOf(notification)[language],
    lines: [
      ...firing.flatMap((incident) => incidentLines(incident, language)),
      ...resolved.map((incident) => incidentLine(incident, language)),
      ...(omitted > 0
        ? [{ en: `and ${formatCount(omitted)} more`, ko: `외 ${formatCount(omitted)}건` }[language]]
        : []),
    ],
  };
}

/** `warning: arena 4127 (arena.service): major-faults 42/s, limit 10/s, on db1`. */
function titleOf(notification: Notification): Sentence {
  const { host, group, reason, severity, firing, resolved, omitted } = notification;
  if (reason === 'test') {
    return {
      en: 'test from evenkeel, no action needed',
      ko: 'evenkeel 시험 메시지입니다. 조치할 것이 없습니다',
    };
  }
  const count = firing.length + (firing.length > 0 ? omitted : 0);
  const [first] = firing.length > 0 ? firing : resolved;
  if (first === undefined || reason === 'resolved') {
    return { en: `resolved: ${group} on ${host}`, ko: `해결됨: ${host}의 ${group}` };
  }
  const more =
    count > 1 ? { en: ` and ${plural(count - 1, 'more', 'more')}`, ko: ` 외 ${count - 1}건` } : NO_MORE;
  const what = `${subjectName(first)}: ${first.rule} ${valueText(first.value, first.unit)}`;
  return {
    en: `${WORDS[severity].en}: ${what}${more.en}, on ${host}`,
    ko: `${WORDS[severity].ko}: ${what}${more.ko} (${host})`,
  };
}

const NO_MORE: Sentence = { en: '', ko: '' };

export const WORDS: Readonly<Record<Severity, Sentence>> = {
  info: { en: 'info', ko: '정보' },
  warning: { en: 'warning', ko: '경고' },
  critical: { en: 'critical', ko: '심각' },
};

const ENDS: Readonly<Record<EndReason, Sentence>> = {
  cleared: { en: 'over', ko: '끝났습니다' },
  gone: { en: 'over: the process ended', ko: '프로세스가 종료되어 끝났습니다' },
  unwatched: { en: 'over: no longer watched', ko: '더는 감시하지 않습니다' },
};

/** One line: who, what, how much, since when. */
export function incidentLine(incident: Incident, language: Language): string {
  const { rule, value, peak, limit, unit, severity, ended, startedUnixMs } = incident;
  const who = `${subjectName(incident)}: ${rule}`;
  if (ended !== null) {
    const took = formatDuration(Math.max(0, ended.unixMs - startedUnixMs) * 1e6);
    const most = valueText(peak, unit);
    const how = ENDS[ended.because];
    return {
      en: `${who} ${how.en} after ${took}, at most ${most}`,
      ko: `${who} ${how.ko}. ${took} 동안, 최고 ${most}`,
    }[language];
  }
  const [now, most, above] = [value, peak, limit].map((one) => valueText(one, unit));
  return {
    en: `${WORDS[severity].en} ${who} ${now} (limit ${above}, at most ${most})`,
    ko: `${WORDS[severity].ko} ${who} ${now} (한도 ${above}, 최고 ${most})`,
  }[language];
}

function incidentLines(incident: Incident, language: Language): string[] {
  return [
    incidentLine(incident, language),
    ...incident.findings.flatMap((finding) => findingLines(finding, language)),
    ...(incident.notExplained === null
      ? []
      : [`  ${safeName(notExplainedText(incident.notExplained)[language])}`]),
    ...incident.remedies.map(
      ({ text, command }) => `  ${text[language]}${command === null ? '' : `: ${command}`}`,
    ),
  ];
}

function notExplainedText({ en, ko }: Sentence): Sentence {
  return { en: `not explained further: ${en}`, ko: `더 설명하지 못했습니다: ${ko}` };
}

const MOST_EVIDENCE = 4;
/** Of a stack, in a message; the JSON has more. */
const MOST_FRAMES = 4;

function findingLines({ summary, evidence, stack = [] }: IncidentFinding, language: Language): string[] {
  const measured = evidence
    .slice(0, MOST_EVIDENCE)
    .map((one) => `; ${safeName(one.text[language])} ${valueText(one.value, one.unit)}`);
  const frames = stack.slice(0, MOST_FRAMES).map((frame) => safeName(frame));
  return [
    `  ${safeName(summary[language])}${measured.join('')}`,
    ...(frames.length > 0 ? [`    ${frames.join(' < ')}`] : []),
  ];
}

/** `arena 4127 (arena.service)`. */
export function subjectName({ subject }: Pick<Incident, 'subject'>): string {
  const { process, target } = subject;
  if (process === null) return target;
  const unit = process.unit === null ? '' : ` (${safeName(process.unit)})`;
  return `${safeName(process.comm)} ${process.tgid}${unit}`;
}

/** A number by the unit that ends its name. */
export function valueText(value: number, unit: string): string {
  switch (unit) {
    case 'PerSec':
      return `${value >= 1000 ? formatCount(Math.round(value)) : significant(value)}/s`;
    case 'Pct':
      return formatPct(value);
    case 'Bytes':
      return formatBytes(value);
    case 'Ns':
      return formatDuration(value);
    default:
      return Number.isInteger(value) ? `${formatCount(value)} ${unit}` : significant(value);
  }
}
