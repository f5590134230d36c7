/** What counts or records page faults of a process: keel and perf. */
import { join } from 'node:path';
import { type Argv, isInstalled, type MeasuredRun } from './measured-program.ts';

export interface FaultObserver {
  readonly name: string;
  /** Runs until SIGINT. @param folder for what it writes */
  readonly argv: (pid: number, folder: string) => Argv;
  readonly seen: (run: MeasuredRun) => SeenFaults;
  /** Makes a summary of what it wrote; for those that only write. */
  readonly summarize?: (folder: string) => Argv;
  /** Of its CPU time, what its own summary took after the watching. */
  readonly summaryUs?: (run: MeasuredRun) => number;
}

export interface SeenFaults {
  readonly faults: number;
  /** Of a fault that nothing is missing of: its entry and its end, or one for both. */
  readonly recordsPerFault: number;
  /** Records that found no room; null where it does not say. */
  readonly lostRecords: number | null;
  /** Faults whose entry or end is missing; null where it does not look for them. */
  readonly unpaired: number | null;
}

const KEEL = join(import.meta.dirname, '../dist/keel.js');

const NOT_TOLD = { recordsPerFault: 1, lostRecords: null, unpaired: null };

export const FAULT_OBSERVERS = {
  stat: keel('stat'),
  record: keel('record'),
  recordStacks: keel('record', '--stacks'),
  perfStat: {
    name: 'perf stat -e page-faults',
    argv: (pid) => ['perf', 'stat', '-x,', '-e', 'page-faults', '-p', `${pid}`],
    seen: ({ stderr }) => ({ ...NOT_TOLD, faults: numberIn(stderr, /^(\d+),/m) }),
  },
  perfRecord: perfRecord(),
  perfRecordStacks: perfRecord('-g'),
} as const satisfies Record<string, FaultObserver>;

export const isPerfInstalled = () => isInstalled('perf');

function keel(command: 'stat' | 'record', ...options: string[]): FaultObserver {
  return {
    name: ['keel faults', command, ...options].join(' '),
    argv: (pid) => [process.execPath, KEEL, 'faults', command, `${pid}`, ...options, '--for', '1h', '--json'],
    seen({ stdout }) {
      const { faults, lost = null, unpaired = null, obtainedBy } = JSON.parse(stdout) as KeelDocument;
      return { faults, recordsPerFault: obtainedBy === 'ring' ? 2 : 1, lostRecords: lost, unpaired };
    },
    summaryUs: ({ stdout }) => ((JSON.parse(stdout) as KeelDocument).analysisCpuNs ?? 0) / 1000,
  };
}

interface KeelDocument {
  readonly faults: number;
  readonly lost?: number;
  readonly unpaired?: number;
  readonly obtainedBy?: 'bpf' | 'ring';
  readonly analysisCpuNs?: number | null;
}

function perfRecord(...options: string[]): FaultObserver {
  const file = `perf${options.join('')}.data`;
  return {
    name: ['perf record -c 1 -e page-faults', ...options].join(' '),
    argv: (pid, folder) => [
      'perf',
      ...['record', '-c', '1', '-e', 'page-faults', ...options, '-o', join(folder, file), '-p', `${pid}`],
    ],
    seen: ({ stderr }) => ({
      // Without any samples it leaves the number out.
      ...NOT_TOLD,
      faults: stderr.includes(' samples)') ? numberIn(stderr, /\(~?(\d+) samples\)/) : 0,
    }),
    summarize: (folder) => ['perf', 'report', '--stdio', '-i', join(folder, file)],
  };
}

/** @throws Error with the text where there is none */
function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`no ${pattern} in: ${text}`);
  return Number(found);
}
