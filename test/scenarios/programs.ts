/** The programs of the judged scenarios: what holds each up, and how one is started, let go and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/memory_scenarios.py');

export interface Scenario {
  readonly name: string;
  /** The first argument of the program. */
  readonly way: string;
  /** The leaf of the tree that must be found first; `none` where it is not memory. */
  readonly truth: string;
  /** What is true of it as well, and no mistake. */
  readonly also: readonly string[];
  /** Where a thread is instead; of those that are not memory. */
  readonly elsewhere?: readonly string[];
  /** Of a cgroup of its own. */
  readonly limitBytes?: number;
  /** Asked about right after its start, rather than when it has settled. */
  readonly young?: boolean;
  readonly swap?: 'zram' | 'file';
}

const MIB = 1 << 20;
const CPU = ['cpu', 'run-delay'];

export const SCENARIOS: readonly Scenario[] = [
  { name: 'cold start', way: 'grow', truth: 'cold-start', also: [], young: true },
  { name: 'growth, later', way: 'grow', truth: 'new-memory', also: [] },
  { name: 'huge pages', way: 'huge-page', truth: 'huge-pages', also: [] },
  { name: 'huge pages, 2 threads, 64 MB', way: 'huge-page-threads', truth: 'huge-pages', also: ['map-lock'] },
  { name: 'fork, the parent writes', way: 'fork-parent', truth: 'fork-copies', also: [] },
  { name: 'fork, the child writes', way: 'fork-child', truth: 'fork-copies', also: [] },
  { name: 'malloc and free', way: 'churn-malloc', truth: 'refaults', also: [] },
  { name: 'malloc and free, 3 threads', way: 'churn-threads', truth: 'refaults', also: ['map-lock'] },
  { name: 'MADV_DONTNEED', way: 'churn-dontneed', truth: 'refaults', also: [] },
  { name: 'cold cache', way: 'cold-cache', truth: 'cold-files', also: [] },
  { name: 'cold cache, no read-ahead', way: 'cold-cache-random', truth: 'cold-files', also: [] },
  {
    name: 'file larger than its cgroup',
    way: 'thrash',
    truth: 'memory-limit',
    also: ['cold-files', 'group-reclaim'],
    limitBytes: 48 * MIB,
  },
  {
    name: 'stream through a small cgroup',
    way: 'stream',
    truth: 'group-reclaim',
    also: ['memory-limit'],
    limitBytes: 32 * MIB,
  },
  { name: 'swap on zram', way: 'swapped', truth: 'swapped-out', also: [], swap: 'zram' },
  { name: 'swap in a file', way: 'swapped', truth: 'swapped-out', also: [], swap: 'file' },
  { name: 'userfaultfd', way: 'userfaultfd', truth: 'userfaultfd', also: [] },
  { name: 'userfaultfd, slow', way: 'userfaultfd-slow', truth: 'userfaultfd', also: [] },
  { name: 'memory map, 2 threads wait', way: 'shared-map', truth: 'map-lock', also: [] },
  { name: 'memory map, 6 threads wait', way: 'shared-map-many', truth: 'map-lock', also: [] },
  { name: 'locked up to the limit', way: 'limited-lock', truth: 'lock-limit', also: ['refaults'] },
  {
    name: 'program larger than its cgroup',
    way: 'text-thrash',
    truth: 'memory-limit',
    also: ['cold-files', 'group-reclaim'],
    limitBytes: 48 * MIB,
  },
  {
    name: 'memory larger than its cgroup',
    way: 'crowded',
    truth: 'memory-limit',
    also: ['swapped-out', 'group-reclaim'],
    limitBytes: 32 * MIB,
    swap: 'file',
  },
  { name: 'one large object after the other', way: 'objects', truth: 'refaults', also: [] },
  { name: 'a buffer that doubles', way: 'growing-list', truth: 'refaults', also: [] },
  {
    name: 'cold file, own copy',
    way: 'cold-private',
    truth: 'cold-files',
    also: ['refaults', 'fork-copies'],
  },
  { name: 'saves itself by a fork', way: 'snapshots', truth: 'fork-copies', also: [] },
  { name: 'works on what it has', way: 'steady', truth: 'none', also: [], elsewhere: CPU },
  { name: 'waits for work of a thread', way: 'condition', truth: 'none', also: [], elsewhere: ['lock'] },
  { name: 'answers over TCP', way: 'server', truth: 'none', also: [], elsewhere: ['network'] },
  { name: 'waits for the disk', way: 'saver', truth: 'none', also: [], elsewhere: [...CPU, 'storage'] },
  { name: 'CPU hog', way: 'hog', truth: 'none', also: [], elsewhere: CPU },
  { name: 'threads that want one lock', way: 'quarrel', truth: 'none', also: [], elsewhere: ['lock'] },
  { name: 'sleeper', way: 'sleeper', truth: 'none', also: [], elsewhere: ['sleep'] },
  { name: 'network', way: 'listener', truth: 'none', also: [], elsewhere: ['network'] },
  { name: 'read(2) of cold files', way: 'reader', truth: 'none', also: [], elsewhere: [...CPU, 'storage'] },
];

export interface Running {
  readonly tgid: number;
  /** Lets it do what it is for; from then on it never ends. */
  readonly go: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Starts it up to where it is ready, a little ahead of whatever else is busy here. @param group the file that takes its id, where it is to be in a cgroup */
export async function start(scenario: Scenario, folder: string, group: string | null): Promise<Running> {
  const enter = 'test -z "$0" || echo $$ > "$0"; exec nice -n -5 python3 "$@"';
  const child: ChildProcess = spawn('sh', ['-c', enter, group ?? '', PROGRAM, scenario.way, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const said = async (word: string) => {
    const { value } = await lines.next();
    if (value !== word) throw new Error(`${scenario.name}: said ${String(value)}, not ${word}`);
  };
  await said('ready');
  return {
    tgid: child.pid as number,
    async go() {
      child.stdin?.write('go\n');
      await said('going');
    },
    async end() {
      const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A cgroup with a limit; a sentence where this machine lets nobody make one. */
export function makeGroup(name: string, limitBytes: number): { readonly folder: string } | string {
  for (const [root, file] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const folder = join(root, name);
    if (!existsSync(join(root, 'cgroup.procs'))) continue;
    try {
      mkdirSync(folder);
      if (!existsSync(join(folder, file))) {
        rmdirSync(folder);
        continue;
      }
      writeFileSync(join(folder, file), `${limitBytes}`);
      return { folder };
    } catch (error) {
      return `no cgroup can be made: ${(error as Error).message}`;
    }
  }
  return 'no memory controller is handed down to new groups';
}

/** Whether anything is swapped to already: then a test must not add to it. */
export function swapsInUse(): number {
  return readFileSync('/proc/swaps', 'utf8').trim().split('\n').length - 1;
}
