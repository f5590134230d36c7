/** Any receiver of HTTP: the notification as JSON, with a key by which it may drop what it gets twice. */
import { z } from 'zod';
import { notificationJson } from '../notification-json.ts';
import { deliveryOf, httpUrl, JSON_TYPE } from './http.ts';
import { defineSink } from './sink.ts';

export const webhook = defineSink({
  type: 'webhook',
  options: z.strictObject({ url: httpUrl.optional() }),
  secrets: [
    { name: 'url', isNeeded: false },
    { name: 'token', isNeeded: false },
  ],
  where: ({ url }) => (url === undefined ? 'a URL that is kept secret' : new URL(url).origin),
  async deliver(notification, { options, secrets, outside }) {
    const url = options.url ?? secrets.url;
    if (url === undefined) return { outcome: 'refused', said: 'neither url nor urlFile is set' };
    const { token } = secrets;
    const response = await outside.post({
      url,
      headers: {
        ...JSON_TYPE,
        'idempotency-key': notification.id,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(notificationJson(notification)),
    });
    return deliveryOf(response);
  },
});
