/** The command that comes next, for the machine that was looked at: a PID of a capture is somebody else's here. */

import { shellWord } from '../base/shell-word.ts';

/** Commands that read, and so also read a captured machine. */
export const READING_COMMANDS: ReadonlySet<string> = new Set([
  'why',
  'doctor',
  'topo',
  'check',
  'monitor',
  'watch',
  'locks',
  'analyze',
  'recommend',
  'capture',
  'agent check',
]);

/**
 * @param sysroot what `--sysroot` was given; undefined for the running machine
 * @returns null where the command would change, or look at, the machine that keel runs on instead
 */
export function nextCommandOn(command: string | null, sysroot: string | undefined): string | null {
  if (command === null || sysroot === undefined) return command;
  const name = command.split(' ')[1] ?? '';
  return READING_COMMANDS.has(name) ? `${command} --sysroot ${shellWord(sysroot)}` : null;
}
