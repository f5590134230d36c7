/** Slack, and what takes the same: an incoming webhook whose URL is the secret. */
import { z } from 'zod';
import { safeName } from '../../base/safe-name.ts';
import { notificationText } from '../notification-text.ts';
import { deliveryOf, JSON_TYPE } from './http.ts';
import { defineSink } from './sink.ts';

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: 3,000 characters in a text block. */
const MOST_CHARACTERS = 2900;

export const slack = defineSink({
  type: 'slack',
  options: z.strictObject({}),
  secrets: [{ name: 'url', isNeeded: true }],
  where: () => 'Slack',
  async deliver(notification, { secrets, language, outside }) {
    const { title, lines } = notificationText(notification, language);
    const text = `*${escaped(title)}*\n${lines.map(escaped).join('\n')}`.slice(0, MOST_CHARACTERS);
    const link = notification.link === null ? '' : `\n<${notification.link}>`;
    const response = await outside.post({
      url: secrets.url ?? '',
      headers: JSON_TYPE,
      body: JSON.stringify({ text: `${text}${link}` }),
    });
    return deliveryOf(response);
  },
});

/** Its three control characters; a process may be called `<!channel>`. */
function escaped(text: string): string {
  return safeName(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
