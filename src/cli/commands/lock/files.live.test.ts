/** `keel lock --files` on a process of this machine: its file stays in the page cache, and nothing of us stays after undo. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Plot } from '../../../../test/trials/planted.ts';
import { hasPython } from '../../../app/testing/python-program.ts';
import { MIB } from '../../../base/units.ts';
import { hasEnded, Pidfd } from '../../../native/pidfd.ts';

const isRoot = process.geteuid?.() === 0;
const MEBIBYTES = 8;
const BYTES = MEBIBYTES * MIB;
/** /tmp may be a tmpfs, which has nothing to read again. */
const folder = mkdtempSync(join(import.meta.dirname, '../../../../node_modules/.keel-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Maps a file. Told so, it gives back what it has mapped in, asks for the file to be dropped from the cache, reads one
 * byte of each page, and says how many major faults that was.
 */
const PROGRAM = `
import mmap, os, sys
path = sys.argv[1]
with open(path, 'wb') as file:
    file.write(os.urandom(${BYTES})); file.flush(); os.fsync(file.fileno())
fd = os.open(path, os.O_RDONLY)
memory = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
memory.madvise(mmap.MADV_RANDOM)
majors = lambda: int(open('/proc/self/stat').read().rsplit(')', 1)[1].split()[9])
print('ready', flush=True)
for line in sys.stdin:
    memory.madvise(mmap.MADV_DONTNEED)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    before = majors()
    for at in range(0, len(memory), 4096): memory[at]
    print(majors() - before, flush=True)
`;

let plot: Plot;
let target: ChildProcess;
/** Major faults of one read of the file that was dropped as far as it goes. */
let majors: () => Promise<number>;
beforeEach(async () => {
  plot = new Plot();
  const program = spawn('python3', ['-c', PROGRAM, join(folder, 'a file.bin')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  target = program;
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  await next();
  majors = async () => {
    program.stdin.write('\n');
    return Number(await next());
  };
});
afterEach(() => {
  target.kill('SIGKILL');
  plot.end();
});

async function keel(...line: readonly string[]) {
  const { stdout, stderr, status } = await plot.keel([...line, '--json']).ended;
  return { status, stderr, json: stdout === '' ? null : JSON.parse(stdout) };
}

async function lock(): Promise<{ readonly keeper: number; readonly keptBytes: number }> {
  const { json, stderr } = await keel('lock', `${target.pid}`, '--files', '--mapping', 'a file.bin', '--yes');
  expect(stderr).toBe('');
  expect(json).toMatchObject({ outcome: 'applied', change: 'c-1', bytes: BYTES, gaps: [] });
  return json;
}

function lockedBytes(pid: number): number {
  return Number(/VmLck:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

const listed = async () => (await keel('undo', '--list')).json.changes[0];

describe.skipIf(!hasPython || !isRoot)('keel lock --files (skipped without root and python3)', () => {
  it('keeps every page of the file, without a fault of the target, until it is undone', async ({ skip }) => {
    const cold = await majors();
    if (cold < BYTES / 4096 / 2) skip(`files here are not read again page by page: ${cold} major faults`);
    const { keeper, keptBytes } = await lock();
    expect([keptBytes, lockedBytes(keeper), lockedBytes(target.pid as number)]).toEqual([BYTES, BYTES, 0]);
    expect(await majors()).toBe(0);
    const held = new Pidfd(keeper);
    const { json } = await keel('undo');
    expect(json.changes[0].settings).toMatchObject([{ setting: 'keptFiles', from: `${BYTES}`, to: '0' }]);
    expect(hasEnded(held.fd, 10_000)).toBe(true);
    held.close();
    expect(await majors()).toBeGreaterThanOrEqual(cold / 2);
  });

  it('ends with its target, and the journal says so', async () => {
    const { keeper } = await lock();
    const held = new Pidfd(keeper);
    expect(await listed()).toMatchObject({ state: 'applied', over: false, stale: false });
    target.kill('SIGKILL');
    await once(target, 'close');
    expect(hasEnded(held.fd, 10_000)).toBe(true);
    held.close();
    expect(await listed()).toMatchObject({ state: 'applied', over: true, stale: true });
    expect((await keel('undo', '--stale')).json.changes).toMatchObject([
      { change: 'c-1', outcome: 'undone' },
    ]);
    expect(await listed()).toMatchObject({ state: 'undone', over: false });
  });

  it('says that the process that kept the files was killed', async () => {
    const { keeper } = await lock();
    const held = new Pidfd(keeper);
    process.kill(keeper, 'SIGKILL');
    expect(hasEnded(held.fd, 10_000)).toBe(true);
    held.close();
    expect(await listed()).toMatchObject({ state: 'applied', over: true });
    expect((await keel('undo')).json.changes).toMatchObject([{ outcome: 'undone', settings: [] }]);
  });

  it('refuses a name that the target has not mapped, and starts nobody', async () => {
    const { status, stderr } = await keel('lock', `${target.pid}`, '--files', '--mapping', 'no.bin', '--yes');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/has nothing mapped that is called no\.bin/)]);
    expect(plot.journal()).toEqual([]);
  });

  it('starts nobody where keel may not lock so much itself', async ({ skip }) => {
    const line = `ulimit -l 4096 && exec setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock "$0" "$@"`;
    const words = [process.execPath, 'dist/keel.js', 'lock', `${target.pid}`, '--files', '--yes'];
    const child = spawn('sh', ['-c', line, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    const texts: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => texts.push(text));
    const [status] = await once(child, 'close');
    if (/setpriv|ulimit/.test(texts.join('')))
      skip(`capabilities cannot be given up here: ${texts.join('')}`);
    expect([status, texts.join('')]).toEqual([4, expect.stringMatching(/keel may lock 4 MiB here/)]);
  });
});
