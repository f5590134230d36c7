import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import { openLiveHost } from './open-host.ts';
import { readLocks } from './read-locks.ts';

const host = openLiveHost();
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

/**
 * Maps 2 MiB and locks it, 3 MiB of which nothing is touched (MLOCK_ONFAULT), and 1 MiB without access under
 * mlock2; says how it went.
 */
const PROGRAM = `
import ctypes, mmap, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
def mapped(mib, prot):
    return ctypes.c_void_p(libc.mmap(None, ctypes.c_size_t(mib << 20), prot, 0x22, -1, 0))
failed = 0
failed |= libc.mlock(mapped(2, 3), ctypes.c_size_t(2 << 20))
failed |= libc.mlock2(mapped(3, 3), ctypes.c_size_t(3 << 20), 1)
libc.mlock2(mapped(1, 0), ctypes.c_size_t(1 << 20), 1)
print(ctypes.get_errno() if failed else 0, flush=True)
sys.stdin.read()
`;

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

describe.skipIf(!hasPython)('locked memory of a live process (skipped without python3)', () => {
  it('is its VmLck, and beside it what is really there', async ({ skip }) => {
    const program = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    child = program;
    const [said] = (await once(createInterface({ input: program.stdout }), 'line')) as [string];
    if (said !== '0') skip(`this user may not lock 5 MiB: errno ${said}`);
    const pid = program.pid as number;
    const [process] = readLocks(host, { tgids: [pid], leastBytes: 0 }).processes;
    const vmLck = /^VmLck:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    expect(process?.lockedVirtualBytes).toBe(Number(vmLck) * 1024);
    const pages = process?.pages;
    if (pages === undefined || isMissing(pages)) return skip(`no smaps here: ${JSON.stringify(pages)}`);
    expect(pages).toMatchObject({ residentBytes: 2 * MIB, inaccessibleBytes: MIB });
    expect(process?.lockedVirtualBytes).toBe(6 * MIB);
  });

  it('of the machine is what the kernel counts', () => {
    const mlocked = () =>
      1024 * Number(/^Mlocked:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);
    const before = mlocked();
    const all = readLocks(host, { tgids: null, leastBytes: 0 });
    const between = [before, mlocked()].sort((a, b) => a - b);
    const ours = isMissing(all.machine) ? null : all.machine.mlockedBytes;
    expect(ours).toBeGreaterThanOrEqual(between[0] as number);
    expect(ours).toBeLessThanOrEqual(between[1] as number);
    expect(all.processes.every((one) => one.lockedVirtualBytes > 0)).toBe(true);
  });
});
