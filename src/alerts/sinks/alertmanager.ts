/** Alertmanager, API v2: an alert for each incident. It groups, repeats and routes by itself. */
import { z } from 'zod';
import type { Incident } from '../incident.ts';
import type { Notification } from '../notification.ts';
import { incidentLine } from '../notification-text.ts';
import { deliveryOf, httpUrl, JSON_TYPE } from './http.ts';
import { defineSink } from './sink.ts';

/** What is not told again by then is over for Alertmanager: two repetitions of the default, and some time for retries. */
const VALID_MS = 15 * 60_000;

export const alertmanager = defineSink({
  type: 'alertmanager',
  options: z.strictObject({ url: httpUrl }),
  secrets: [{ name: 'token', isNeeded: false }],
  where: ({ url }) => new URL(url).host,
  async deliver(notification, { options, secrets, language, outside }) {
    const { token } = secrets;
    const alerts =
      notification.reason === 'test'
        ? [testAlert(notification)]
        : [...notification.firing, ...notification.resolved].map((incident) =>
            alertOf(incident, notification, incidentLine(incident, language)),
          );
    const response = await outside.post({
      url: `${options.url.replace(/\/+$/, '')}/api/v2/alerts`,
      headers: { ...JSON_TYPE, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(alerts),
    });
    return deliveryOf(response);
  },
});

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, postableAlert. */
function alertOf(incident: Incident, { host, unixMs, link }: Notification, description: string) {
  const { subject, rule, severity, startedUnixMs, ended } = incident;
  return {
    labels: {
      alertname: 'KeelIncident',
      rule,
      target: subject.target,
      host,
      severity,
      // What makes one incident another: of a machine there is one at a time.
      ...(subject.process === null ? {} : { process: subject.key }),
    },
    annotations: { description, incident: incident.id },
    startsAt: timeOf(startedUnixMs),
    endsAt: timeOf(ended?.unixMs ?? unixMs + VALID_MS),
    ...(link === null ? {} : { generatorURL: link }),
  };
}

/** Over after a minute by itself. */
function testAlert({ host, unixMs }: Notification) {
  return {
    labels: { alertname: 'KeelTest', host, severity: 'info' },
    annotations: { description: 'test from evenkeel, no action needed' },
    startsAt: timeOf(unixMs),
    endsAt: timeOf(unixMs + 60_000),
  };
}

function timeOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
