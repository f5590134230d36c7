/** Causes of page faults against programs that know them: the confusion matrix, printed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import { tracepointFormat } from '../kernel/proc/tracepoint-format.ts';
import type { FaultCause } from '../model/faults/cause.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import { EXCEPTION_EVENTS } from '../perf/fault-exceptions.ts';
import { systemClock } from './clock.ts';
import type { TracedFault } from './explain-faults.ts';
import { type FaultEngine, openFaultEvents } from './fault-events.ts';
import { FaultRecorder } from './fault-recorder.ts';
import { loadFaultFilter } from './filter-faults.ts';
import { openLiveHost } from './open-host.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/caused_faults.py');
const host = openLiveHost();
const folder = mkdtempSync(join(import.meta.dirname, '.causes-'));
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

/** Through tracefs, rings tell the error code as BPF does. */
const ringTellsCodes = EXCEPTION_EVENTS.every(
  (event) => !isMissing(host.read(tracepointFormat, { system: 'exceptions', event })),
);

/** What may be said of the faults of each; without the error code, less is known. */
const TRUTH: Readonly<
  Record<string, { readonly bpf: readonly FaultCause[]; readonly ring: readonly FaultCause[] }>
> = {
  'first-touch': { bpf: ['first-touch'], ring: ['first-touch-or-copy'] },
  'zero-page': { bpf: ['zero-page'], ring: ['first-touch-or-copy'] },
  'copy-on-write': { bpf: ['copy-on-write'], ring: ['first-touch-or-copy'] },
  'page-cache-map': { bpf: ['page-cache-map'], ring: ['page-cache-map'] },
  // What read-ahead brought in time is cached by then, what it is still bringing is waited for.
  'file-read': {
    bpf: ['file-read', 'read-ahead-wait', 'page-cache-map'],
    ring: ['file-read', 'read-ahead-wait', 'page-cache-map'],
  },
  'huge-page': { bpf: ['huge-page'], ring: ['huge-page'] },
  // Pages that came along with a neighbour wait in the swap cache; by rings nothing tells them from fresh memory.
  'swap-in': {
    bpf: ['swap-in', 'swap-in-compressed', 'swap-cache'],
    ring: ['swap-in', 'swap-in-compressed', 'zero-page', 'first-touch-or-copy'],
  },
  'instruction-fetch': { bpf: ['instruction-fetch'], ring: ['instruction-fetch'] },
  'kernel-copy': { bpf: ['kernel-copy'], ring: ['kernel-copy'] },
  // The first of ten rounds touches for the first time.
  'touched-again': {
    bpf: ['touched-again', 'first-touch'],
    ring: ['first-touch', 'first-touch-or-copy'],
  },
  'file-copy': { bpf: ['copy-on-write'], ring: ['page-cache-map'] },
  userfaultfd: { bpf: ['userfaultfd'], ring: ['blocked'] },
};

/** What happens inside a fault, only BPF tells, even where rings tell the error code. */
const INSIDE: ReadonlySet<string> = new Set(['swap-in', 'touched-again', 'userfaultfd']);
/** Made by instructions, or system calls, of x86. */
const OF_X86: ReadonlySet<string> = new Set(['instruction-fetch', 'userfaultfd']);
/** Seen by those only who may watch the kernel. */
const IN_KERNEL: ReadonlySet<string> = new Set(['kernel-copy']);

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

/** On a disk, pages stay in the swap cache after they were written; from zram they are gone at once, and must be read. */
const ADD_SWAP = `
  dev=/dev/zram0
  [ "$(cat /sys/block/zram0/disksize)" = 0 ] || exit 1
  echo 32M > /sys/block/zram0/disksize && mkswap $dev && swapon $dev`;
const REMOVE_SWAP = 'swapoff /dev/zram0; echo 1 > /sys/block/zram0/reset';
const hasSwap = spawnSync('sh', ['-c', ADD_SWAP]).status === 0;
afterAll(() => {
  if (hasSwap) spawnSync('sh', ['-c', REMOVE_SWAP]);
  rmSync(folder, { recursive: true, force: true });
});

/** Faults in the region of each cause, by what they were taken for. */
async function classify(
  engine: FaultEngine,
  causes: readonly string[],
  callchains: boolean,
): Promise<Map<string, Map<string, number>>> {
  const program = spawn('python3', [PROGRAM, folder, ...causes], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = program;
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const matrix = new Map<string, Map<string, number>>();
  for (const cause of causes) {
    await lines.next();
    const faults: TracedFault[] = [];
    const source = openFaultEvents(host, {
      tgids: [program.pid as number],
      callchains,
      enableOnExec: false,
      only: engine,
    });
    const recorder = new FaultRecorder(host, source, systemClock, new FaultCollector().tables, (fault) =>
      faults.push(fault),
    );
    const stop = new AbortController();
    const start = () => source.rings.enable();
    const done = recorder.run({ durationNs: 60e9, signal: stop.signal, isLiving: () => true, start });
    program.stdin.write('go\n');
    const [, address, bytes] = String((await lines.next()).value)
      .split(' ')
      .map(Number);
    stop.abort();
    const { lost } = await done;
    expect(lost).toBe(0);
    const inside = faults.filter(
      (fault) => fault.address >= Number(address) && fault.address < Number(address) + Number(bytes),
    );
    const row = new Map<string, number>();
    for (const fault of inside) row.set(fault.cause, (row.get(fault.cause) ?? 0) + 1);
    matrix.set(cause, row);
  }
  const exited = once(program, 'exit');
  program.stdin.end('\n');
  await exited;
  return matrix;
}

function printMatrix(engine: FaultEngine, matrix: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
  const said = [...new Set([...matrix.values()].flatMap((row) => [...row.keys()]))];
  const lines = [...matrix].map(
    ([truth, row]) =>
      truth.padEnd(18) + said.map((cause) => String(row.get(cause) ?? 0).padStart(cause.length + 2)).join(''),
  );
  const head = `truth, by ${engine}`.padEnd(18) + said.map((cause) => `  ${cause}`).join('');
  process.stdout.write(`\n${[head, ...lines].join('\n')}\n`);
}

function whyNot(engine: FaultEngine): string | null {
  if (!hasPython) return 'no python3';
  if (engine === 'ring') return null;
  const filter = loadFaultFilter(host, { overNs: 0, majorOnly: false });
  if (isMissing(filter)) return `no BPF here: ${filter.detail ?? filter.path}`;
  filter[Symbol.dispose]();
  return null;
}

// With callchains the kernel reads the stack, which may fault in between.
describe.each([
  ['bpf', false],
  ['bpf', true],
  ['ring', false],
] as const)('causes by %s, with callchains: %s', (engine, callchains) => {
  it('are those of the programs', async ({ skip }) => {
    const reason = whyNot(engine);
    if (reason !== null) return skip(reason);
    const causes = Object.keys(TRUTH).filter(
      (cause) =>
        (cause !== 'swap-in' || hasSwap) &&
        (!OF_X86.has(cause) || arch() === 'x64') &&
        (!IN_KERNEL.has(cause) || process.getuid?.() === 0),
    );
    try {
      const matrix = await classify(engine, causes, callchains);
      printMatrix(engine, matrix);
      for (const [truth, row] of matrix) {
        // A signal or a busy kernel thread may hold up a single fault of any kind.
        const total = [...row.values()].reduce((sum, count) => sum + count, 0);
        const told = engine === 'ring' && ringTellsCodes && !INSIDE.has(truth) ? 'bpf' : engine;
        const right = TRUTH[truth]?.[told].reduce((sum, cause) => sum + (row.get(cause) ?? 0), 0);
        expect(total, truth).toBeGreaterThan(0);
        expect((right ?? 0) / total, truth).toBeGreaterThan(0.97);
      }
      // What is read from zram is unpacked by the thread itself.
      if (hasSwap) expect(matrix.get('swap-in')?.get('swap-in-compressed') ?? 0).toBeGreaterThan(0);
      const again = matrix.get('touched-again');
      if (engine === 'bpf') expect(again?.get('touched-again')).toBe(9 * (again?.get('first-touch') ?? 0));
    } catch (error) {
      if (!(error instanceof KeelError) || error.code !== 'E_PRIVILEGE') throw error;
      skip(`this kernel lets this user watch no faults: ${error.message}`);
    }
  });
});
