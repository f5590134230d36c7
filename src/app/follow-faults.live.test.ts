import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { type FaultEngine, openFaultEvents } from './fault-events.ts';
import { type FoundTarget, findTargets } from './find-targets.ts';
import { type Followed, followFaults } from './follow-faults.ts';
import { openLiveHost } from './open-host.ts';
import { orSkip } from './testing/or-skip.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/page_faults.py');
const PAGES = 2048;
const host = openLiveHost();
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

/** Follows a program that touches PAGES new pages and ends. @param meanwhile what else is done, once it is followed, before it touches them */
async function follow(
  only: FaultEngine,
  overNs: number,
  meanwhile: (target: FoundTarget) => void = () => {},
): Promise<Followed[]> {
  const program = spawn('python3', [PROGRAM, 'touch', String(PAGES / 256)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child = program;
  const lines = createInterface({ input: program.stdout });
  await once(lines, 'line');
  let touched = false;
  lines.once('line', () => {
    touched = true;
  });
  const steps: Followed[] = [];
  const targets = findTargets(host, String(program.pid), { all: false, command: 'test' });
  const followed = followFaults(host, systemClock, {
    targets,
    filter: { overNs, majorOnly: false },
    durationNs: 60e9,
    signal: new AbortController().signal,
    only,
  });
  for await (const step of followed) {
    steps.push(step);
    // It waits for a line before it touches, and for another before it ends: its mappings are there until then.
    if (step.kind === 'started') {
      for (const target of targets) meanwhile(target);
      program.stdin.write('go\n');
    }
    if (step.kind === 'batch' && touched) program.stdin.end('\n');
  }
  return steps;
}

describe.skipIf(!hasPython).each(['bpf', 'ring'] as const)('following by %s', (engine) => {
  it('tells every fault where nothing is left out, and the end of the target', async ({ skip }) => {
    const steps = await orSkip(skip, () => follow(engine, 0));
    if (steps === null) return;
    const faults = steps.flatMap((step) => (step.kind === 'batch' ? step.faults : []));
    const last = steps.at(-1);
    if (last?.kind !== 'finished') throw new Error('no end');
    const { counted, lost, obtainedBy } = last.measured;
    expect(obtainedBy).toBe(engine);
    expect(lost).toBe(0);
    expect(faults.length).toBeGreaterThanOrEqual(PAGES);
    expect(BigInt(faults.length)).toBe(counted.minor + counted.major);
    expect(steps.filter((step) => step.kind === 'ended').map((step) => step.target.tgid)).toEqual([
      child?.pid,
    ]);
    const times = faults.map((fault) => fault.monotonicNs);
    // The interpreter writes its pages by its own code or that of libc.
    const binaries = new Set(faults.map((fault) => fault.code?.binary ?? 'none'));
    expect([...binaries].join(' ')).toMatch(/python|libc/);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  });

  it('leaves out what is faster than the limit, by BPF before it reaches the ring', async ({ skip }) => {
    const steps = await orSkip(skip, () => follow(engine, 10e9));
    if (steps === null) return;
    const last = steps.at(-1);
    if (last?.kind !== 'finished') throw new Error('no end');
    expect(last.measured.counted.entry).toBeGreaterThanOrEqual(BigInt(PAGES));
    const batches = steps.filter((step) => step.kind === 'batch');
    expect(batches.flatMap((step) => step.faults)).toEqual([]);
    if (engine === 'bpf') expect(batches.at(-1)?.records).toBe(0);
  });
});

describe.skipIf(!hasPython)('following by BPF', () => {
  it('tells every fault beside another observer of the same thread', async ({ skip }) => {
    const others: { close(): void }[] = [];
    const observe = ({ tgid }: FoundTarget) => {
      const { rings } = openFaultEvents(host, { tgids: [tgid], callchains: false, enableOnExec: false });
      rings.enable();
      others.push(rings);
    };
    try {
      const steps = await orSkip(skip, () => follow('bpf', 0, observe));
      if (steps === null) return;
      const faults = steps.flatMap((step) => (step.kind === 'batch' ? step.faults : []));
      const last = steps.at(-1);
      if (last?.kind !== 'finished') throw new Error('no end');
      expect(faults.length).toBeGreaterThanOrEqual(PAGES);
      expect(BigInt(faults.length)).toBe(last.measured.counted.minor + last.measured.counted.major);
      expect(last.measured).toMatchObject({ lost: 0, unpaired: 0 });
    } finally {
      for (const other of others) other.close();
    }
  });
});
