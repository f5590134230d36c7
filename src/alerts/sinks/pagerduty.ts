/** PagerDuty, Events API v2: one alert for each group, joined by its dedup_key, resolved with the group. */
import { z } from 'zod';
import { notificationJson } from '../notification-json.ts';
import { notificationText } from '../notification-text.ts';
import { deliveryOf, httpUrl, JSON_TYPE } from './http.ts';
import { defineSink } from './sink.ts';

/** https://developer.pagerduty.com/docs/send-alert-event */
const ENDPOINT = 'https://events.pagerduty.com/v2/enqueue';
const MOST_KEY = 255;
const MOST_SUMMARY = 1024;

export const pagerduty = defineSink({
  type: 'pagerduty',
  options: z.strictObject({ url: httpUrl.default(ENDPOINT) }),
  secrets: [{ name: 'key', isNeeded: true }],
  where: ({ url }) => new URL(url).host,
  async deliver(notification, { options, secrets, language, outside }) {
    const { host, group, severity, reason, link, unixMs } = notification;
    const { title, lines } = notificationText(notification, language);
    const response = await outside.post({
      url: options.url,
      headers: JSON_TYPE,
      body: JSON.stringify({
        routing_key: secrets.key,
        event_action: reason === 'resolved' ? 'resolve' : 'trigger',
        dedup_key: `evenkeel/${host}/${group}`.slice(0, MOST_KEY),
        client: 'evenkeel',
        ...(link === null ? {} : { client_url: link, links: [{ href: link, text: host }] }),
        payload: {
          summary: title.slice(0, MOST_SUMMARY),
          source: host,
          severity,
          timestamp: new Date(unixMs).toISOString(),
          component: group,
          class: notification.firing[0]?.rule ?? notification.resolved[0]?.rule,
          custom_details: { text: lines.join('\n'), notification: notificationJson(notification) },
        },
      }),
    });
    return deliveryOf(response);
  },
});
