import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import { memoryGroups, totalOf } from '../model/memory-map.ts';
import { findTargets } from './find-targets.ts';
import { openLiveHost } from './open-host.ts';
import { readMemoryMap } from './read-memory-map.ts';

const host = openLiveHost();
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

/** Touches 8 of 32 MiB, starts a thread that sleeps, and says where its stack is. */
const PROGRAM = `
import ctypes, mmap, sys, threading
memory = mmap.mmap(-1, 32 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(15)
for page in range(8 << 8):
    memory[page << 12] = 1
gate = threading.Event()
thread = threading.Thread(target=gate.wait)
thread.start()
print(ctypes.addressof(ctypes.c_char.from_buffer(memory)), thread.native_id, flush=True)
sys.stdin.read()
gate.set()
`;

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

const field = (pid: number, file: string, name: string) =>
  1024 *
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);
const faults = (pid: number) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(7, 11);

describe.skipIf(!hasPython)('the memory of a live process (skipped without python3)', () => {
  it('is what the kernel sums up, and costs the process no fault', async ({ skip }) => {
    const program = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    child = program;
    const [said] = (await once(createInterface({ input: program.stdout }), 'line')) as [string];
    const [address = 0, tid = 0] = said.split(' ').map(Number);
    const pid = program.pid as number;
    const target = findTargets(host, String(pid), { all: false, command: 'map' })[0];
    if (target === undefined) throw new Error('no target');
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') S ');
    const before = faults(pid);
    const map = readMemoryMap(host, target);
    expect(faults(pid)).toEqual(before);
    if (isMissing(map)) return skip(`no smaps here: ${JSON.stringify(map)}`);
    const total = totalOf(memoryGroups(map.mappings));
    expect(total.residentBytes).toBe(field(pid, 'smaps_rollup', 'Rss'));
    expect(total.swapBytes).toBe(field(pid, 'smaps_rollup', 'Swap'));
    const ours = map.mappings.find((one) => one.address <= address && address < one.address + one.bytes);
    expect(ours?.kind).toBe('anonymous');
    // The kernel may have joined it with the stack of the thread, of which some pages are there.
    expect(ours?.residentBytes).toBeGreaterThanOrEqual(8 * MIB);
    expect(ours?.residentBytes).toBeLessThan(9 * MIB);
    expect(map.mappings.filter((one) => one.stackOf.includes(tid))).toHaveLength(1);
  });

  it('is gone with the process', () => {
    const target = { tgid: process.pid, comm: 'x', startTicks: 1n, tid: null };
    expect(readMemoryMap(host, target)).toMatchObject({ missing: 'gone' });
  });
});
