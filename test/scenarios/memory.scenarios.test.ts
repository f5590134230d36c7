/** `why` against programs whose trouble is known: the confusion matrix, precision and recall, printed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/app/clock.ts';
import { findTargets } from '../../src/app/find-targets.ts';
import { openHost } from '../../src/app/open-host.ts';
import { watchWindow } from '../../src/app/watch-window.ts';
import { diagnoseMemory, type MemoryDiagnosis } from '../../src/diagnosis/memory-tree/diagnose-memory.ts';
import { makeGroup, type Running, SCENARIOS, type Scenario, start, swapsInUse } from './programs.ts';
import { confusionMatrix, type Judged, scoreOf } from './score.ts';

const WINDOW_NS = 2.5e9;
/** After this, rules take a process for settled. */
const SETTLED_NS = 10e9;

/** Not in /tmp, which may be memory: files must be on a disk to be cold. */
const folder = mkdtempSync(join(import.meta.dirname, '.scenarios-'));
const opened = openHost();
const judged: Judged[] = [];
/** Those that must have settled are started together, before the first is asked about. */
const started = new Map<Scenario, Running | string>();
let startedNs = 0n;

const SWAPS: Readonly<Record<'zram' | 'file', { readonly on: string; readonly off: string }>> = {
  zram: {
    on: '[ "$(cat /sys/block/zram0/disksize)" = 0 ] && echo 48M > /sys/block/zram0/disksize && mkswap /dev/zram0 && swapon /dev/zram0',
    off: 'swapoff /dev/zram0; echo 1 > /sys/block/zram0/reset',
  },
  file: {
    on: `dd if=/dev/zero of=${folder}/swap bs=1M count=48 && chmod 600 ${folder}/swap && mkswap ${folder}/swap && swapon ${folder}/swap`,
    off: `swapoff ${folder}/swap; rm -f ${folder}/swap`,
  },
};

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'needs root: cgroups, swap, kernel stacks';
  return spawnSync('python3', ['-c', '']).status === 0 ? null : 'no python3';
}

/** The program, ready; or a sentence, where this machine cannot have its surroundings. */
async function begin(scenario: Scenario): Promise<Running | string> {
  const group =
    scenario.limitBytes === undefined
      ? null
      : makeGroup(`keel-${scenario.way}-${process.pid}`, scenario.limitBytes);
  if (typeof group === 'string') return group;
  const procs = group === null ? null : join(group.folder, 'cgroup.procs');
  const running = await start(scenario, folder, procs);
  const end = async () => {
    await running.end();
    if (group !== null && existsSync(group.folder)) rmdirSync(group.folder);
  };
  return { ...running, end };
}

beforeAll(async () => {
  if (whyNot() !== null) return;
  startedNs = systemClock.monotonicNs();
  for (const scenario of SCENARIOS) {
    if (!scenario.young) started.set(scenario, await begin(scenario));
  }
  startedNs = systemClock.monotonicNs();
}, 120_000);

let swapOff: (() => void) | null = null;
afterEach(() => {
  swapOff?.();
  swapOff = null;
});

afterAll(async () => {
  for (const running of started.values())
    if (typeof running !== 'string') await running.end().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
});

function swapOn(kind: 'zram' | 'file'): string | null {
  if (swapsInUse() > 0) return 'this machine swaps already, and its swap is not to be disturbed';
  if (spawnSync('sh', ['-c', SWAPS[kind].on]).status !== 0) return `no swap can be made: ${kind}`;
  swapOff = () => spawnSync('sh', ['-c', SWAPS[kind].off]);
  return null;
}

async function ask(scenario: Scenario, running: Running): Promise<MemoryDiagnosis> {
  const settledInNs = SETTLED_NS - Number(systemClock.monotonicNs() - startedNs);
  if (!scenario.young && settledInNs > 0) await systemClock.sleep(settledInNs);
  await running.go();
  const targets = findTargets(opened.host, `${running.tgid}`, { all: false, command: 'why' });
  const plan = { durationNs: WINDOW_NS, signal: new AbortController().signal, targets };
  const { window } = await watchWindow(opened, systemClock, plan);
  return diagnoseMemory(window);
}

describe('why, asked about a program that suffers from', () => {
  for (const scenario of SCENARIOS) {
    it(scenario.name, async ({ skip }) => {
      const reason = whyNot() ?? (scenario.swap === undefined ? null : swapOn(scenario.swap));
      if (reason !== null) return skip(reason);
      const running = started.get(scenario) ?? (await begin(scenario));
      if (typeof running === 'string') return skip(running);
      try {
        const { causes, elsewhere } = await ask(scenario, running);
        const { name, truth, also } = scenario;
        judged.push({ name, truth, also, found: [...new Set(causes.map((cause) => cause.rule))] });
        // Where a thread is instead is part of the answer "not memory".
        if (truth === 'none' && causes.length === 0) expect(scenario.elsewhere).toContain(elsewhere?.kind);
      } finally {
        await running.end();
      }
    });
  }

  it('is right in nine of ten answers, and finds nine of ten causes', ({ skip }) => {
    if (judged.length === 0) return skip(whyNot() ?? 'no scenario ran');
    const { precisionRatio, recallRatio, wrong } = scoreOf(judged);
    const score = `precision ${precisionRatio.toFixed(2)}, recall ${recallRatio.toFixed(2)} in ${judged.length} scenarios`;
    process.stdout.write(`\n${[confusionMatrix(judged), score, ...wrong].join('\n')}\n`);
    expect(precisionRatio, score).toBeGreaterThan(0.9);
    expect(recallRatio, score).toBeGreaterThan(0.9);
  });
});
