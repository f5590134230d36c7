/** A notification as other programs get it: `keel.notification/1`. English always. */
import type { Incident } from './incident.ts';
import type { Notification } from './notification.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function notificationJson(notification: Notification): { readonly [key: string]: Json } {
  const { id, host, group, reason, severity, unixMs, firing, resolved, omitted, link } = notification;
  return {
    schema: 'keel.notification/1',
    id,
    host,
    group,
    reason,
    severity,
    time: new Date(unixMs).toISOString(),
    link,
    firing: firing.map(incidentJson),
    resolved: resolved.map(incidentJson),
    omitted,
  };
}

export function incidentJson(incident: Incident): { readonly [key: string]: Json } {
  const { id, rule, signal, severity, subject, value, peak, limit, unit, source, startedUnixMs, ended } =
    incident;
  return {
    id,
    rule,
    signal,
    severity,
    state: ended === null ? 'firing' : 'resolved',
    target: subject.target,
    process: subject.process === null ? null : { ...subject.process },
    value,
    peak,
    limit,
    unit,
    source,
    summary: incident.looksFor.en,
    startedAt: new Date(startedUnixMs).toISOString(),
    endedAt: ended === null ? null : new Date(ended.unixMs).toISOString(),
    endedBecause: ended?.because ?? null,
    isEscalated: incident.isEscalated,
    findings: incident.findings.map(({ rule, summary, evidence, stack }) => ({
      rule,
      summary: summary.en,
      evidence: evidence.map(({ text, value, unit, source }) => ({ text: text.en, value, unit, source })),
      stack: stack ?? [],
    })),
    notExplained: incident.notExplained?.en ?? null,
    remedies: incident.remedies.map(({ text, command, undo }) => ({ text: text.en, command, undo })),
  };
}
