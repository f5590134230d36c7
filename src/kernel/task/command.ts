/** /proc/PID/exe and /proc/PID/cmdline: which program a process runs, and how it was called. */
import { fileReader, linkReader } from '../../host/reader.ts';

/** The path of the program; " (deleted)" behind it where the file is gone. Kernel threads have none. */
export const executable = linkReader({
  path: '/proc/{pid}/exe',
  doc: 'man 5 proc_pid_exe',
  capture: 'task',
  parse: (text) => text,
});

/**
 * The arguments; the program may overwrite them. None for kernel threads and zombies.
 * Reading takes the mmap lock of the process, so only what is asked for is read.
 */
export const commandLine = fileReader({
  path: '/proc/{pid}/cmdline',
  doc: 'man 5 proc_pid_cmdline',
  capture: 'never', // may hold secrets
  parse: (text): readonly string[] =>
    text
      .replace(/\0+$/, '')
      .split('\0')
      .filter((word, i) => i > 0 || word !== ''),
});
