/** Whose start is measured, and against what. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pythonWithPsutil } from '../peers/psutil.ts';

export interface Subject {
  readonly name: string;
  /** Program and arguments; nothing goes through a shell. */
  readonly argv: readonly [string, ...string[]];
  /** What the median may be at most, as a multiple of `node -e 0`; null for the peers. */
  readonly goalRatio: number | null;
}

const keel = join(import.meta.dirname, '../../dist/keel.js');
const psutilScript = join(import.meta.dirname, '../peers/psutil-check.py');

export const BASELINE: Subject = { name: 'node -e 0', argv: [process.execPath, '-e', '0'], goalRatio: null };

/** @param tgid a process to look at */
export function subjects(tgid: number): readonly Subject[] {
  const id = String(tgid);
  const ours = (goalRatio: number | null, ...line: string[]): Subject => ({
    name: `keel ${line.join(' ')}`.replace(id, 'PID'),
    argv: [process.execPath, keel, ...line],
    goalRatio,
  });
  const peer = (name: string, ...argv: [string, ...string[]]): Subject => ({ name, argv, goalRatio: null });
  return [
    BASELINE,
    ours(1.5, '--version'),
    ours(2.5, 'check', id),
    ours(null, 'topo'),
    ours(null, 'help'),
    peer('taskset -p PID', 'taskset', '-p', id),
    peer('lscpu', 'lscpu'),
    peer('tuna -P', 'tuna', '-P'),
    peer('psutil script PID', pythonWithPsutil() ?? 'python3', psutilScript, id),
  ];
}

/** Whether the subject can be run here at all; a peer that is not installed is left out, and that is said. */
export function runs(subject: Subject): boolean {
  const [program, ...args] = subject.argv;
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
