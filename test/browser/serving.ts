/** A process to look at and a `keel serve` that looks at it; both end with `close`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const KEEL = join(import.meta.dirname, '../../dist/keel.js');

export interface Serving {
  readonly url: string;
  readonly origin: string;
  readonly changeToken: string | null;
  readonly target: number;
  readonly stateFolder: string;
  readonly close: () => Promise<void>;
}

/** Names itself, then works and faults a little in each tenth of a second; ends by itself after some minutes. */
const PROGRAM = `
import ctypes, mmap, sys, time
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)
print("ready", flush=True)
end = time.monotonic() + 180
while time.monotonic() < end:
    stop = time.monotonic() + 0.02
    while time.monotonic() < stop: pass
    with mmap.mmap(-1, 1 << 18) as memory: memory.write(b'x' * (1 << 18))
    time.sleep(0.08)
`;

export async function serve(options: readonly string[] = [], name = 'looked-at'): Promise<Serving> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'keel-serve-'));
  const target = spawn('python3', ['-c', PROGRAM, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  await firstLine(target);
  const keel = spawn(
    process.execPath,
    [KEEL, 'serve', String(target.pid), '--port', '0', '--every', '200ms', '--json', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, XDG_STATE_HOME: stateFolder } },
  );
  const told = JSON.parse(await firstLine(keel)) as { url: string; changeToken: string | null };
  return {
    url: told.url,
    origin: new URL(told.url).origin,
    changeToken: told.changeToken,
    target: target.pid ?? 0,
    stateFolder,
    async close() {
      for (const child of [keel, target]) await ended(child);
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** @throws Error where it ends before */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once('exit', (status) => reject(new Error(`ended with ${status} before its first line`)));
    child.once('error', reject);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
