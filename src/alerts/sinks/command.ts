/** A program of the user's: started without a shell, the notification as JSON on its stdin. */
import { z } from 'zod';
import { notificationJson } from '../notification-json.ts';
import { defineSink } from './sink.ts';

/** sysexits.h: the program asks to be called again. */
const EX_TEMPFAIL = 75;

export const command = defineSink({
  type: 'command',
  options: z.strictObject({ argv: z.array(z.string()).min(1) }),
  secrets: [],
  where: ({ argv }) => argv[0] ?? '',
  async deliver(notification, { options, outside }) {
    const { exitCode, stderr } = await outside.run(
      options.argv,
      `${JSON.stringify(notificationJson(notification))}\n`,
    );
    const ended = exitCode === null ? 'was ended by a signal' : `ended with ${exitCode}`;
    const said = stderr.trim() === '' ? ended : `${ended}: ${stderr.trim().split('\n').at(-1)}`;
    if (exitCode === 0) return { outcome: 'delivered', said };
    // Also one that was killed, as by the kernel for lack of memory, is started again.
    if (exitCode === null || exitCode === EX_TEMPFAIL) return { outcome: 'later', said, afterNs: null };
    return { outcome: 'rejected', said };
  },
});
