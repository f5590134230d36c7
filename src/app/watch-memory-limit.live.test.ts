/** A program that needs twice the memory its cgroup may use: why names the limit, and says nothing of it without one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { isMissing, orNull } from '../base/missing.ts';
import { cgroupMounts } from '../kernel/task/mountinfo.ts';
import { systemClock } from './clock.ts';
import { findTargets } from './find-targets.ts';
import { openHost, openLiveHost } from './open-host.ts';
import { watchWindow } from './watch-window.ts';

const LIMIT_BYTES = 48 << 20;
const FILE_BYTES = 96 << 20;
/** Reads a file over and over: what it read first is gone from a small group when it begins anew. */
const READER = `
import os, sys
path = sys.argv[1]
with open(path, 'wb') as file:
    for _ in range(${FILE_BYTES >> 20}): file.write(b'x' * (1 << 20))
    file.flush()
    os.fsync(file.fileno())
def once():
    with open(path, 'rb') as file:
        while file.read(1 << 20): pass
once()
print('ready', flush=True)
while True: once()
`;

const hasPython = spawnSync('python3', ['-c', '']).status === 0;
let child: ChildProcess | null = null;
const ending: (() => void)[] = [];
afterEach(async () => {
  if (child !== null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = null;
  }
  for (const end of ending.splice(0).reverse()) end();
});

/** A group with a limit, v1 or v2; a reason where this machine lets nobody make one. */
function makeGroup(limitBytes: number | null): { readonly procs: string } | { readonly reason: string } {
  const mounts = orNull(openLiveHost().read(cgroupMounts, { pid: 'self' })) ?? [];
  const mount =
    mounts.find((one) => one.controllers.includes('memory')) ?? mounts.find((one) => one.version === 2);
  if (mount === undefined) return { reason: 'no memory controller is mounted' };
  const folder = join(mount.mountPoint, `keel-test-${process.pid}`);
  try {
    mkdirSync(folder);
    ending.push(() => rmdirSync(folder));
    const file = join(folder, mount.version === 1 ? 'memory.limit_in_bytes' : 'memory.max');
    if (!existsSync(file)) return { reason: 'the memory controller is not handed down to new groups' };
    if (limitBytes !== null) writeFileSync(file, `${limitBytes}`);
    return { procs: join(folder, 'cgroup.procs') };
  } catch (error) {
    return { reason: `no cgroup can be made: ${(error as Error).message}` };
  }
}

async function findings(procs: string) {
  const folder = mkdtempSync(join(tmpdir(), 'keel-limit-'));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  const enter = 'echo $$ > "$0" && exec python3 -c "$1" "$2"';
  const reader = spawn('sh', ['-c', enter, procs, READER, join(folder, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = reader;
  await once(createInterface({ input: reader.stdout }), 'line');
  const targets = findTargets(openLiveHost(), String(reader.pid), { all: false, command: 'test' });
  const { signal } = new AbortController();
  const watched = await watchWindow(openHost(undefined), systemClock, { durationNs: 1e9, signal, targets });
  return { watched, rule: watched.diagnosis.findings.filter((one) => one.rule === 'memory-limit') };
}

describe.skipIf(!hasPython)('a memory limit (skipped without python3)', () => {
  it('is found where the program needs more, with what came back', async ({ skip }) => {
    const group = makeGroup(LIMIT_BYTES);
    if ('reason' in group) return skip(group.reason);
    const { watched, rule } = await findings(group.procs);
    const limits = watched.window.memoryLimits;
    const use = isMissing(limits) ? undefined : limits.find((one) => one.limit.bytes === BigInt(LIMIT_BYTES));
    if (use !== undefined && isMissing(use.refaults))
      return skip('this kernel counts no refaults of cgroups');
    expect(use?.tgids).toEqual([child?.pid]);
    expect(rule).toHaveLength(1);
    expect(rule[0]?.subject?.tgid).toBe(child?.pid);
    expect(rule[0]?.remedies[0]?.undo).toContain(String(LIMIT_BYTES));
  });

  it('is no finding where the program has room', async ({ skip }) => {
    const group = makeGroup(null);
    if ('reason' in group) return skip(group.reason);
    expect((await findings(group.procs)).rule).toEqual([]);
  });
});
