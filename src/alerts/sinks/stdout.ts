/** Standard output, one JSON object a line: for a journal, a container's log, a pipe. */
import { z } from 'zod';
import { notificationJson } from '../notification-json.ts';
import { defineSink } from './sink.ts';

export const stdout = defineSink({
  type: 'stdout',
  options: z.strictObject({}),
  secrets: [],
  where: () => 'standard output',
  async deliver(notification, { outside }) {
    outside.print(JSON.stringify(notificationJson(notification)));
    return { outcome: 'delivered', said: 'written' };
  },
});
