/** Calls made inside of a thread by somebody who is killed in the middle of it: the thread is none the worse. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { INJECTION_STEPS } from '../native/ptrace.ts';

/**
 * Three threads that sleep, compute, and compute with numbers that live in vector registers over a call; the main one
 * waits for a line. Says how often each came around, and how often something came out wrong.
 */
const PROGRAM = `
import array, math, sys, threading, time
rounds = [0, 0, 0]
wrong = [0]
done = threading.Event()
def sleeper():
    while not done.is_set():
        began = time.monotonic()
        time.sleep(0.005)
        if time.monotonic() - began < 0.0049: wrong[0] += 1
        rounds[0] += 1
def computer():
    while not done.is_set():
        if sum(i * i for i in range(500)) != 41541750: wrong[0] += 1
        rounds[1] += 1
def floats():
    numbers = array.array('d', [math.sqrt(i) for i in range(500)])
    total = math.fsum(numbers)
    while not done.is_set():
        if math.fsum(numbers) != total: wrong[0] += 1
        rounds[2] += 1
for work in (sleeper, computer, floats): threading.Thread(target=work).start()
print('ready', flush=True)
while True:
    line = sys.stdin.readline()
    if line.strip() == 'end': break
    print(*rounds, wrong[0], flush=True)
done.set()
print(wrong[0], flush=True)
`;

const hasPython = spawnSync('python3', ['-c', '']).status === 0;
const DIES = join(import.meta.dirname, 'testing/die-in-injection.ts');
const EVERY_THREAD = 4;

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

function blockedSignals(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((tid) => {
    const status = readFileSync(`/proc/${pid}/task/${tid}/status`, 'utf8');
    return /SigBlk:\s*(\S+)/.exec(status)?.[1] ?? '';
  });
}

describe.skipIf(!hasPython || machine() !== 'x86_64')(
  'a call inside of a thread, cut off (needs python3 and x86-64)',
  () => {
    it('leaves every thread as it was, at whatever step its maker was killed', async ({ skip }) => {
      const program = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
      child = program;
      const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
      const nextLine = async () => String((await lines.next()).value);
      await nextLine();
      const pid = program.pid as number;
      const tids = readdirSync(`/proc/${pid}/task`);
      expect(tids).toHaveLength(EVERY_THREAD);
      const masks = blockedSignals(pid);
      const [main = '', ...others] = tids;
      for (const [i, step] of INJECTION_STEPS.entries()) {
        for (const tid of [main, others[i % others.length] ?? main]) {
          const killed = spawn(process.execPath, ['--import', 'tsx', DIES, String(pid), tid, step], {
            stdio: ['ignore', 'ignore', 'pipe'],
          });
          let said = '';
          killed.stderr.on('data', (text) => {
            said += text;
          });
          const [code, signal] = await once(killed, 'close');
          if (/EPERM/.test(said)) skip('tracing is not permitted here');
          expect([step, tid, code, signal, said]).toEqual([step, tid, null, 'SIGKILL', '']);
          program.stdin.write('\n');
          expect([step, tid, (await nextLine()).split(' ').at(-1)]).toEqual([step, tid, '0']);
          expect(blockedSignals(pid)).toEqual(masks);
        }
      }
      const rounds = async () => {
        program.stdin.write('\n');
        return (await nextLine()).split(' ').map(Number);
      };
      const before = await rounds();
      // Each goes on: waits for the slowest of them.
      for (let now = before; now.slice(0, 3).some((count, i) => count <= (before[i] ?? 0)); )
        now = await rounds();
      program.stdin.write('end\n');
      expect(await nextLine()).toBe('0');
      const [code] = await once(program, 'close');
      expect(code).toBe(0);
    }, 180_000);
  },
);
