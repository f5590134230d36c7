import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { openLiveHost } from './open-host.ts';
import { hasPython, numberAfter } from './testing/python-program.ts';
import { planWarming, warmMemory } from './warm-memory.ts';

const host = openLiveHost();
/** /tmp may be a tmpfs, which has nothing to read again. */
const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.keel-warm-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MEBIBYTES = 8;
const PAGES = MEBIBYTES * 256;

/** Maps a file that was dropped from the cache; told so, it reads one byte of each page and says what majors that was. */
const PROGRAM = `
import mmap, os, sys
path = sys.argv[1]
with open(path, 'wb') as file:
    file.write(os.urandom(${MEBIBYTES} << 20)); file.flush(); os.fsync(file.fileno())
fd = os.open(path, os.O_RDONLY)
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
memory = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
memory.madvise(mmap.MADV_RANDOM)
majors = lambda: int(open('/proc/self/stat').read().rsplit(')', 1)[1].split()[9])
print('ready', flush=True)
sys.stdin.readline()
before = majors()
for at in range(0, len(memory), 4096): memory[at]
print(majors() - before, flush=True)
sys.stdin.read()
`;

const majorsOf = (meanwhile: (pid: number) => Promise<void>) =>
  numberAfter(PROGRAM, [join(folder, 'cold file.bin')], meanwhile);

describe.skipIf(!hasPython)('warming a mapped file (skipped without python3)', () => {
  it('spares the process every major fault that it would have taken', async ({ skip }) => {
    const cold = await majorsOf(async () => {});
    if (cold < PAGES / 2) skip(`files here are not read again page by page: ${cold} major faults`);
    const warm = await majorsOf(async (pid) => {
      const target = findTargets(host, String(pid), { all: false, command: 'warm' })[0];
      if (target === undefined) throw new Error('no target');
      const plan = planWarming(host, { target, wish: 'warm', only: 'cold file.bin' });
      if (isMissing(plan)) return skip(`no smaps here: ${JSON.stringify(plan)}`);
      try {
        const warmed = await warmMemory(host, systemClock, plan, new AbortController().signal);
        expect(warmed).toMatchObject({ refused: 0, advisedBytes: MEBIBYTES * MIB });
        const [before, after] = [plan.before.files[0]?.cachedBytes, warmed.after.files[0]?.cachedBytes];
        // Where cachestat is to be had, it agrees.
        if (before != null) expect([before, after]).toEqual([0, MEBIBYTES * MIB]);
      } catch (error) {
        if (!(error instanceof KeelError) || !/^E_(PRIVILEGE|UNSUPPORTED)$/.test(error.code)) throw error;
        skip(error.message);
      }
    });
    expect(warm).toBe(0);
  });
});
