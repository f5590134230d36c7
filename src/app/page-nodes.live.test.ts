/** The node of the page of each fault, against the page frames that /proc/PID/pagemap shows of the same pages. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { memoryBlockBytes, nodeMemoryBlocks } from '../kernel/node/memory-blocks.ts';
import { systemClock } from './clock.ts';
import { openLiveHost } from './open-host.ts';
import { recordFaults } from './record-faults.ts';

const host = openLiveHost();
/** Touches MIB of fresh memory at each line, keeps it, and prints its address. */
const PROGRAM = `
import ctypes, mmap, sys
print("ready", flush=True)
kept = []
for line in sys.stdin:
    memory = mmap.mmap(-1, int(line) << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    kept.append(memory)
    for at in range(0, len(memory), mmap.PAGESIZE):
        memory[at] = 1
    print(ctypes.addressof(ctypes.c_char.from_buffer(memory)), flush=True)
`;
const MEBIBYTES = 32;
const PAGE_BYTES = 4096;

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** This machine, said to be of two nodes: blocks are of the one and of the other in turns. */
function twoNodes() {
  const blocks = host.read(nodeMemoryBlocks, { node: 0 });
  if (isMissing(blocks)) return null;
  const names = (node: number) =>
    blocks.filter((block) => block % 2 === node).map((block) => `memory${block}\n`);
  return host.through((inner) => ({
    text(kind, path) {
      if (path === '/sys/devices/system/node/online') return '0-1\n';
      const [, node] = /^\/sys\/devices\/system\/node\/node([01])$/.exec(path) ?? [];
      if (node !== undefined) return names(Number(node)).join('');
      if (path === '/sys/devices/system/node/node1/cpulist') return '\n';
      return inner.text(kind, path);
    },
  }));
}

/** By node, as the page frames say. */
function pagesByNode(pid: number, address: number, blockBytes: number): Record<number, number> {
  const counts: Record<number, number> = {};
  const entries = Buffer.alloc(((MEBIBYTES << 20) / PAGE_BYTES) * 8);
  const fd = openSync(`/proc/${pid}/pagemap`, 'r');
  readSync(fd, entries, 0, entries.length, (address / PAGE_BYTES) * 8);
  closeSync(fd);
  for (let at = 0; at < entries.length; at += 8) {
    // The lower 55 bits: Documentation/admin-guide/mm/pagemap.rst.
    const frame = Number(entries.readBigUInt64LE(at) & ((1n << 55n) - 1n));
    const node = Math.floor((frame * PAGE_BYTES) / blockBytes) % 2;
    counts[node] = (counts[node] ?? 0) + 1;
  }
  return counts;
}

it.for(['bpf', 'ring'] as const)('by %s is that of the page frame', async (only, { skip }) => {
  const machine = twoNodes();
  const blockBytes = host.read(memoryBlockBytes);
  if (machine === null || isMissing(blockBytes)) return skip('this kernel has no memory blocks');
  if (process.getuid?.() !== 0) return skip('only root sees page frames');
  const started = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = started;
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const stop = new AbortController();
  let address = Number.NaN;
  const recording = await recordFaults(machine, systemClock, {
    subject: { kind: 'processes', tgids: [started.pid as number] },
    durationNs: 60e9,
    callchains: false,
    only,
    signal: stop.signal,
    async started() {
      started.stdin.write(`${MEBIBYTES}\n`);
      address = Number((await lines.next()).value);
      stop.abort();
    },
  });
  const { byNode, total } = recording.summary;
  expect(recording).toMatchObject({ withoutNodes: null, obtainedBy: only, lost: 0 });
  const others = total.faults - (MEBIBYTES << 20) / PAGE_BYTES;
  const frames = pagesByNode(started.pid as number, address, blockBytes);
  for (const { node, faults } of byNode) {
    expect(faults).toBeGreaterThanOrEqual(frames[node] ?? 0);
    expect(faults).toBeLessThanOrEqual((frames[node] ?? 0) + others);
  }
  expect(byNode.reduce((sum, one) => sum + one.faults, 0)).toBeGreaterThanOrEqual(total.faults - others);
});
