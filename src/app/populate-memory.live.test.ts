/** Pages of a file are mapped in by the process itself; what its own touch of them then costs is what its faults say. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { machine, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { isMissing } from '../base/missing.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { openLiveHost } from './open-host.ts';
import { planPopulating, populateMemory } from './populate-memory.ts';
import { hasPython, numberAfter } from './testing/python-program.ts';
import { planWarming, type WarmPlan, warmMemory } from './warm-memory.ts';

const host = openLiveHost();
const isRoot = process.geteuid?.() === 0;
const PAGES = 500;
const PAGE_BYTES = 4096;

/** Every other page of a file, each a mapping of its own: a fault maps no page of another mapping along. */
const PROGRAM = `
import mmap, os, sys
path = sys.argv[1]
with open(path, 'wb') as file: file.write(os.urandom(${2 * PAGES * PAGE_BYTES}))
fd = os.open(path, os.O_RDONLY)
pages = [mmap.mmap(fd, ${PAGE_BYTES}, prot=mmap.PROT_READ, offset=at * ${2 * PAGE_BYTES}) for at in range(${PAGES})]
def faults():
    fields = open('/proc/self/stat').read().rsplit(')', 1)[1].split()
    return int(fields[7]) + int(fields[9])
faults()
print('ready', flush=True)
sys.stdin.readline()
before = faults()
for page in pages: page[0]
print(faults() - before, flush=True)
sys.stdin.read()
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-populate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const faultsOf = (meanwhile: (pid: number) => Promise<void>) =>
  numberAfter(PROGRAM, [join(folder, 'some file.bin')], meanwhile);

function plan(pid: number): WarmPlan {
  const [target] = findTargets(host, String(pid), { all: false, command: 'warm' });
  if (target === undefined) throw new Error('it has ended');
  const planned = planWarming(host, { target, wish: 'warm', only: 'some file.bin' });
  if (isMissing(planned)) throw new Error(`missing: ${planned.missing}`);
  return planned;
}

describe.skipIf(!hasPython || !isRoot || machine() !== 'x86_64')(
  'mapping memory in (needs root, python3 and x86-64)',
  () => {
    it('spares the process every fault, minor ones too', async ({ skip }) => {
      expect(await faultsOf(async () => {})).toBeGreaterThanOrEqual(PAGES);
      const left = await faultsOf(async (pid) => {
        const planned = plan(pid);
        const populating = planPopulating(host, planned);
        expect([planned.before.residentBytes, populating.bytes]).toEqual([0, PAGES * PAGE_BYTES]);
        const signal = new AbortController().signal;
        try {
          await warmMemory(host, systemClock, planned, signal);
          const done = await populateMemory(host, systemClock, planned, populating, signal);
          expect(done).toMatchObject({ refusedBytes: 0, after: { residentBytes: PAGES * PAGE_BYTES } });
          expect(done.held.longestNs).toBeGreaterThan(0);
        } catch (error) {
          if (error instanceof KeelError && error.code === 'E_UNSUPPORTED') return skip(error.message);
          throw error;
        }
        // It is where it was: in a read of its input.
        expect(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]).toBe('S');
      });
      // The interpreter's own are a few.
      expect(left).toBeLessThan(PAGES / 10);
    });

    it('touches nobody who is traced already', async ({ skip }) => {
      if (spawnSync('strace', ['-V']).status !== 0) skip('needs strace');
      await faultsOf(async (pid) => {
        const tracer = spawn('strace', ['-p', String(pid), '-o', '/dev/null'], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        try {
          await once(tracer.stderr, 'data');
          expect(() => planPopulating(host, plan(pid))).toThrow(/mapped in from outside/);
        } finally {
          tracer.kill('SIGINT');
          await once(tracer, 'close');
        }
      });
    });
  },
);
