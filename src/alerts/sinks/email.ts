/** E-mail by SMTP. Messages about one group have one thread. */
import { z } from 'zod';
import { safeName } from '../../base/safe-name.ts';
import { notificationText } from '../notification-text.ts';
import { defineSink } from './sink.ts';

const address = z.string().regex(/^[^\s<>@]+@[^\s<>@]+$/);

export const email = defineSink({
  type: 'email',
  options: z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65535).default(587),
    /** TLS from the first byte, as on port 465. */
    tls: z.boolean().default(false),
    user: z.string().optional(),
    from: address,
    to: z.union([address, z.array(address).min(1)]),
  }),
  secrets: [{ name: 'password', isNeeded: false }],
  where: ({ host, port }) => `${host}:${port}`,
  async deliver(notification, { options, secrets, language, outside }) {
    const { host, port, tls, user, from, to } = options;
    const { title, lines } = notificationText(notification, language);
    const thread = `<${encodeURIComponent(notification.group)}.evenkeel@${encodeURIComponent(notification.host)}>`;
    await outside.mail({
      server: { host, port, tls, user: user ?? null, password: secrets.password ?? null },
      from,
      to: typeof to === 'string' ? [to] : to,
      subject: safeName(title),
      text: [...lines, ...(notification.link === null ? [] : ['', notification.link])]
        .map(safeName)
        .join('\n'),
      headers: { References: thread, 'X-Evenkeel-Notification': notification.id },
    });
    return { outcome: 'delivered', said: 'accepted by the server' };
  },
});
