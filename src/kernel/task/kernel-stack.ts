/** Where in the kernel a thread waits: /proc/PID/task/TID/stack, and for whoever may not read that, wchan. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';

/** Functions, innermost first; empty for a thread that is running. Needs CAP_SYS_ADMIN and CONFIG_STACKTRACE. */
export const threadKernelStack = fileReader({
  path: '/proc/{pid}/task/{tid}/stack',
  doc: 'man 5 proc_pid_stack',
  capture: 'never', // of the moment
  parse: (text): readonly string[] =>
    text
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const name = /^\[<[0-9a-f]+>\] ([\w.]+)/.exec(line)?.[1];
        if (name === undefined) throw new FormatError('an address and a function', line);
        return name;
      }),
});

/** The one function it sleeps in; null where it does not sleep, or the kernel keeps it to itself. Needs the right to trace. */
export const threadWaitChannel = fileReader({
  path: '/proc/{pid}/task/{tid}/wchan',
  doc: 'man 5 proc_pid_wchan',
  capture: 'never', // of the moment
  parse(text): string | null {
    const name = text.trim();
    if (name === '' || name === '0') return null;
    if (!/^[\w.]+$/.test(name)) throw new FormatError('the name of a function, or 0', name);
    return name;
  },
});
