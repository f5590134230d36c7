/** `keel why --prove` of a process whose file is dropped all the time: warming does not last, a lock does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Plot } from '../../../../test/trials/planted.ts';
import { hasPython } from '../../../app/testing/python-program.ts';
import { hasEnded, Pidfd } from '../../../native/pidfd.ts';

const isRoot = process.geteuid?.() === 0;
/** /tmp may be a tmpfs, which has nothing to read again. */
const folder = mkdtempSync(join(import.meta.dirname, '../../../../node_modules/.keel-prove-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Drops what it has mapped in and what is cached of it, and reads some of it again. */
const PROGRAM = `
import mmap, os, random, sys, time
path = sys.argv[1]
with open(path, 'wb') as file:
    file.write(os.urandom(16 << 20)); file.flush(); os.fsync(file.fileno())
fd = os.open(path, os.O_RDONLY)
memory = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
memory.madvise(mmap.MADV_RANDOM)
print('ready', flush=True)
while True:
    memory.madvise(mmap.MADV_DONTNEED)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    for _ in range(300): memory[random.randrange(4096) * 4096]
    time.sleep(0.02)
`;

let plot: Plot;
let target: ChildProcess;
beforeEach(async () => {
  plot = new Plot();
  const program = spawn('python3', ['-c', PROGRAM, join(folder, 'dropped.bin')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  target = program;
  await once(program.stdout, 'data');
});
afterEach(() => {
  target.kill('SIGKILL');
  plot.end();
});

const words = (remedy: string) => [
  'why',
  `${target.pid}`,
  '--for',
  '2s',
  '--prove',
  '--remedy',
  remedy,
  '--yes',
];

/** null where files here are not read again, or nothing can be measured. */
async function prove(remedy: string, skip: (why: string) => void) {
  const { stdout, stderr } = await plot.keel([...words(remedy), '--json']).ended;
  if (/E_UNSUPPORTED|E_PRIVILEGE/.test(stderr)) return skip(stderr);
  return JSON.parse(stdout);
}

describe.skipIf(!hasPython || !isRoot)('what is proven once (skipped without root and python3)', () => {
  it('keeps a lock of files that ends the major faults', async ({ skip }) => {
    const proof = await prove('lock', skip);
    expect(proof).toMatchObject({ what: 'lock-files', verdict: 'helps', change: 'c-1', noted: null });
    expect(proof.majorFaultsBeforePerSec).toBeGreaterThan(100);
    expect(proof.majorFaultsPerSec).toBeLessThan(proof.majorFaultsBeforePerSec / 10);
    const { stdout } = await plot.keel(['undo', '--json']).ended;
    expect(JSON.parse(stdout).changes).toMatchObject([{ settings: [{ setting: 'keptFiles', to: '0' }] }]);
  });

  it('does not take for help what was dropped again, and notes that it was done', async ({ skip }) => {
    const proof = await prove('warm', skip);
    expect(proof).toMatchObject({ what: 'warm', change: null, noted: 'c-1' });
    expect(proof.verdict).not.toBe('helps');
    const list = JSON.parse((await plot.keel(['undo', '--list', '--json']).ended).stdout);
    expect(list.changes).toMatchObject([
      { state: 'done', active: false, note: expect.stringMatching(/^asked/) },
    ]);
  });

  it('leaves nothing locked where it is killed in the middle', async ({ skip }) => {
    const running = plot.keel(words('lock'));
    const keeper = await keeperOf(running.child);
    if (keeper === null) return skip((await running.ended).stderr);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(hasEnded(keeper.fd, 30_000)).toBe(true);
    keeper.close();
  });
});

/** Of the journal, as soon as it names one; null where keel ended before. */
async function keeperOf(child: ChildProcess): Promise<Pidfd | null> {
  while (child.exitCode === null) {
    const [journal = ''] = plot.journal();
    const keeper = /"setting":"keptFiles","at":"(\d+)@/.exec(journal)?.[1];
    if (keeper !== undefined && journal.includes('"guarded"')) return new Pidfd(Number(keeper));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return null;
}
