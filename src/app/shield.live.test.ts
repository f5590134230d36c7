/**
 * A shield on the running machine, for less than a second at a time: nobody else is on the CPU, and then every mask,
 * interrupt and cgroup is as it was. Read back from /proc and /sys, not by keel.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WayName } from '../actions/shield/way.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing } from '../base/missing.ts';
import { getAffinity } from '../native/affinity.ts';
import { applyChange } from './apply-change.ts';
import { systemClock } from './clock.ts';
import { openLiveHost } from './open-host.ts';
import { planShield } from './plan-shield.ts';
import { undoOne } from './undo-changes.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const allowed = getAffinity(0);
const cpu = allowed.last ?? 0;
const lacks =
  process.geteuid?.() !== 0
    ? 'needs root'
    : allowed.size < 2
      ? 'needs two CPUs'
      : standsAlready()
        ? 'a shield stands'
        : null;

let folder: string;
let workshop: Workshop;
let target: ChildProcess;

function standsAlready(): boolean {
  return listed('/sys/fs/cgroup').some((name) => name.startsWith('keel-'));
}

function listed(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function text(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

interface Task {
  readonly mask: string;
  readonly cgroup: string;
  readonly isFixed: boolean;
  readonly parent: number;
}

const PF_WQ_WORKER = 0x20;
const PF_NO_SETAFFINITY = 0x0400_0000;

/** Every thread by id and start, with its group in the hierarchy that has the cpuset controller. */
function tasks(): ReadonlyMap<string, Task> {
  const found = new Map<string, Task>();
  for (const pid of listed('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const tid of listed(`/proc/${pid}/task`)) {
      const stat = text(`/proc/${pid}/task/${tid}/stat`);
      const status = text(`/proc/${pid}/task/${tid}/status`);
      const cgroup = text(`/proc/${pid}/task/${tid}/cgroup`);
      if (stat === null || status === null || cgroup === null) continue;
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Workers and rescuers of workqueues come and go, and follow the mask of their queue.
      if ((Number(fields[6]) & PF_WQ_WORKER) !== 0 || fields[0] === 'Z') continue;
      found.set(`${tid}@${fields[19]}`, {
        mask: /^Cpus_allowed_list:\t(.*)$/m.exec(status)?.[1] ?? '',
        cgroup:
          /^\d+:(?:[^:]*,)?cpuset(?:,[^:]*)?:.*$/m.exec(cgroup)?.[0] ?? /^0::.*$/m.exec(cgroup)?.[0] ?? '',
        isFixed: (Number(fields[6]) & PF_NO_SETAFFINITY) !== 0,
        parent: Number(fields[1]),
      });
    }
  }
  return found;
}

/** Settings of the machine, by path. */
function settings(): Readonly<Record<string, string | null>> {
  const paths = [
    ...listed('/proc/irq').map((irq) => `/proc/irq/${irq}/smp_affinity_list`),
    '/proc/irq/default_smp_affinity',
    '/sys/devices/virtual/workqueue/cpumask',
    ...listed('/sys/class/net').flatMap((device) =>
      listed(`/sys/class/net/${device}/queues`).map(
        (queue) => `/sys/class/net/${device}/queues/${queue}/rps_cpus`,
      ),
    ),
  ];
  return Object.fromEntries(paths.map((path) => [path, text(path)]));
}

beforeAll(async () => {
  if (lacks !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'keel-shield-'));
  workshop = openWorkshop(openLiveHost(), {
    clock: systemClock,
    signal: new AbortController().signal,
    env: { XDG_STATE_HOME: folder },
  });
  target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log()'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(target.stdout as NonNullable<typeof target.stdout>, 'data');
});
afterAll(() => {
  if (lacks !== null) return;
  target.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function shieldAndUndo(by: WayName, except: string | undefined) {
  const plan = await planShield(workshop, { cpus: `${cpu}`, except, all: false, by });
  const before = { tasks: tasks(), settings: settings() };
  const applied = await applyChange(workshop, {
    targets: plan.targets,
    wishes: plan.wishes,
    everyone: plan.everyone,
    steps: plan.steps,
    migrations: [],
    command: 'shield',
    endsAfterNs: null,
  });
  const during = { tasks: tasks(), settings: settings() };
  const undone = await undoOne(workshop, applied.change?.id ?? '', 'refuse');
  const after = { tasks: tasks(), settings: settings() };
  return { plan, before, applied, during, undone, after };
}

type Shielded = Awaited<ReturnType<typeof shieldAndUndo>>;

function threadsOn(tasks: ReadonlyMap<string, Task>, own: number | undefined): readonly string[] {
  return [...tasks]
    .filter(([key, task]) => !task.isFixed && CpuSet.parseList(task.mask).has(cpu) && !isOf(key, task, own))
    .map(([key]) => key);
}

function isOf(key: string, task: Task, own: number | undefined): boolean {
  if (own === undefined) return false;
  return (
    key.startsWith(`${own}@`) ||
    task.parent === own ||
    listed(`/proc/${own}/task`).some((tid) => key.startsWith(`${tid}@`))
  );
}

function expectAsBefore({ before, after, undone, applied }: Shielded): void {
  expect(after.settings).toEqual(before.settings);
  for (const [key, task] of before.tasks) {
    const now = after.tasks.get(key);
    if (now !== undefined) expect({ key, ...now }).toEqual({ key, ...task, parent: now.parent });
  }
  expect(listed('/sys/fs/cgroup/cpuset').filter((name) => name.startsWith('keel-'))).toEqual([]);
  expect(undone.outcome).toBe('undone');
  expect(applied.mismatches).toEqual([]);
  expect(applied.refusedThreads).toEqual([]);
}

describe.skipIf(lacks !== null)(`a shield${lacks === null ? '' : ` (skipped: ${lacks})`}`, () => {
  it('by affinity: everyone goes, and comes back', async () => {
    const done = await shieldAndUndo('affinity', undefined);
    expect(threadsOn(done.before.tasks, undefined).length).toBeGreaterThan(0);
    expect(threadsOn(done.during.tasks, undefined)).toEqual([]);
    expectAsBefore(done);
  });

  it('by affinity, but for a process that gets the CPU', async () => {
    const done = await shieldAndUndo('affinity', `${target.pid}`);
    expect(threadsOn(done.during.tasks, target.pid)).toEqual([]);
    const own = [...done.during.tasks].filter(([key, task]) => isOf(key, task, target.pid));
    expect(new Set(own.map(([, task]) => task.mask))).toEqual(new Set([`${cpu}`]));
    expectAsBefore(done);
  });

  it('by cpusets, where they are', async (context) => {
    if (listed('/sys/fs/cgroup/cpuset').length === 0) context.skip('no cpuset hierarchy of cgroup v1');
    const done = await shieldAndUndo('cpuset', `${target.pid}`);
    expect(threadsOn(done.during.tasks, target.pid)).toEqual([]);
    expectAsBefore(done);
  });

  it('moves interrupts off, as far as their drivers let it', async () => {
    const { plan, applied, during } = await shieldAndUndo('affinity', undefined);
    const refused = new Set(applied.refusedSteps.map(({ step }) => step.at));
    const interrupts = isMissing(plan.interrupts) ? [] : plan.interrupts;
    for (const { irq, isManaged } of interrupts) {
      const list = during.settings[`/proc/irq/${irq}/smp_affinity_list`] ?? '';
      const stays = isManaged || refused.has(`${irq}`);
      expect(CpuSet.parseList(list).has(cpu), `interrupt ${irq}: ${list}`).toBe(stays);
    }
    expect(during.settings['/sys/devices/virtual/workqueue/cpumask']).not.toBe('');
  });
});
