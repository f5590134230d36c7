import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { countersBetween, sumCounters } from '../model/faults/top.ts';
import { systemClock } from './clock.ts';
import { METER_SOURCES, type MeterSource, openFaultMeter } from './meter-faults.ts';
import { openLiveHost } from './open-host.ts';
import { orSkip } from './testing/or-skip.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/page_faults.py');
const MEBIBYTES = 16;
const PAGES = MEBIBYTES * 256;
const host = openLiveHost();
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

/** What a meter counts of a program that touches PAGES new pages, and what that program counted. */
async function measure(only: MeterSource, by: 'process' | 'place') {
  const program = spawn('python3', [PROGRAM, 'touch', String(MEBIBYTES)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child = program;
  const lines = createInterface({ input: program.stdout });
  await once(lines, 'line');
  const meter = openFaultMeter(host, systemClock, { tgids: [program.pid as number], by, only });
  const before = meter.read().counters;
  program.stdin.write('go\n');
  const [line] = (await once(lines, 'line')) as [string];
  // What the rings hold is taken every 10 ms.
  for (let waited = 0; waited < 50; waited += 1) {
    await systemClock.sleep(20e6);
    if (sumCounters(countersBetween(before, meter.read().counters).values()).minor >= PAGES) break;
  }
  const grown = countersBetween(before, meter.read().counters);
  await meter.stop();
  return { own: Number(line.split(' ')[0]), grown, obtainedBy: meter.obtainedBy };
}

describe.skipIf(!hasPython).each(METER_SOURCES)('counting by %s', (source) => {
  it('agrees with the program', async ({ skip }) => {
    const result = await orSkip(skip, () => measure(source, 'process'));
    if (result === null) return;
    const total = sumCounters(result.grown.values());
    expect(result.obtainedBy).toBe(source);
    expect([...result.grown.keys()].map((key) => key.split('@')[0])).toEqual([String(child?.pid)]);
    // Before and after its own count, the program faults a few pages of code and heap.
    expect(total.minor).toBeGreaterThanOrEqual(result.own);
    expect(total.minor).toBeLessThan(result.own + 200);
    if (source === 'proc') expect(total.stallNs).toBeNull();
    else expect(total.stallNs).toBeGreaterThan(PAGES * 50);
  });
});

it.skipIf(!hasPython)('by place knows that it was memory', async ({ skip }) => {
  const result = await orSkip(skip, () => measure('ring', 'place'));
  if (result !== null) expect(result.grown.get('anonymous ')?.minor).toBeGreaterThanOrEqual(PAGES);
});
