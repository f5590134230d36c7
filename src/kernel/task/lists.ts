/** The folders that list processes and threads. */
import { listReader } from '../../host/reader.ts';
import { numberedNames } from '../lines.ts';

export const processList = listReader({
  path: '/proc',
  doc: 'man 5 proc',
  capture: 'never',
  parse: (text) => numberedNames(text, ''),
});

export const threadList = listReader({
  path: '/proc/{pid}/task',
  doc: 'man 5 proc_pid_task',
  capture: 'task',
  parse: (text) => numberedNames(text, ''),
});
