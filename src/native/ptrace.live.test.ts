/** Calls made inside of threads that sleep, compute and take a thousand signals a second: none of them notices. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { machine } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { ThreadId } from '../actions/controls.ts';
import { Refused } from '../actions/refused.ts';
import { findTargets } from '../app/find-targets.ts';
import { NativeControls } from '../app/native-controls.ts';
import { openLiveHost } from '../app/open-host.ts';

/** Prints how often something was not as it must be: sums that came out wrong, sleeps that ended early. */
const BUSY = `
import signal, threading, time, sys
wrong = [0]
signals = [0]
done = threading.Event()
def tick(*_):
    signals[0] += 1
def sleeper():
    while not done.is_set():
        began = time.monotonic()
        time.sleep(0.01)
        if time.monotonic() - began < 0.0099: wrong[0] += 1
def computer():
    while not done.is_set():
        if sum(i * i for i in range(500)) != 41541750: wrong[0] += 1
for work in (sleeper, sleeper, computer): threading.Thread(target=work).start()
signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
print('ready', flush=True)
sys.stdin.readline()
done.set()
signal.setitimer(signal.ITIMER_REAL, 0)
print(wrong[0], signals[0], flush=True)
`;

const ROUNDS = 100;
const mayTrace = spawnSync('python3', ['-c', '']).status === 0 && machine() === 'x86_64';

describe.skipIf(!mayTrace)('calls inside of other threads (needs python3 and x86-64)', () => {
  it('change and restore the memory policy, and nobody notices', async (context) => {
    const child = spawn('python3', ['-c', BUSY], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    try {
      await once(child.stdout, 'data');
      const host = openLiveHost();
      const controls = new NativeControls(host);
      const [target] = findTargets(host, String(child.pid), { all: false, command: 'pin' });
      if (target === undefined) throw new Error('it has ended');
      const threads: readonly ThreadId[] = controls.threads(target) ?? [];
      expect(threads).toHaveLength(readdirSync(`/proc/${child.pid}/task`).length);
      const own = { mode: 2, flags: 0, nodes: '0' };
      try {
        controls.getMemoryPolicy(target, threads[0] as ThreadId);
      } catch (error) {
        if (!(error instanceof Refused && error.reason === 'denied')) throw error;
        context.skip(`tracing is not permitted here: ${(error as Error).message}`);
      }
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const thread of threads) {
          const before = controls.getMemoryPolicy(target, thread);
          expect(before).toEqual({ mode: 0, flags: 0, nodes: '' });
          controls.setMemoryPolicy(target, thread, own);
          expect(controls.getMemoryPolicy(target, thread)).toEqual(own);
          controls.setMemoryPolicy(target, thread, before);
        }
      }
      child.stdin.end('\n');
      const [code] = await once(child, 'close');
      const [wrong, signals] = (said.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
      expect([code, wrong]).toEqual([0, 0]);
      expect(signals).toBeGreaterThan(100);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
