/** Every number of `keel check` against another tool, on a process that does what it is told. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTargets } from '../../src/app/check-process.ts';
import { findTargets } from '../../src/app/find-targets.ts';
import { openLiveHost } from '../../src/app/open-host.ts';
import { CpuSet } from '../../src/base/cpu-set.ts';
import { KeelError } from '../../src/base/errors.ts';
import { orNull, present } from '../../src/base/missing.ts';
import { checkJson } from '../../src/cli/commands/check/json.ts';
import { parseCapture, renderCapture } from '../../src/host/capture.ts';
import { Host } from '../../src/host/host.ts';
import { LiveSource } from '../../src/host/live.ts';
import { MemorySource } from '../../src/host/memory.ts';
import { RecordingSource } from '../../src/host/recorder.ts';
import type { ProcessCheck } from '../../src/model/process-check.ts';
import { NO_PYTHON, type Obedient, startObedient } from './obedient.ts';

const host = openLiveHost();

function check(target: string | number, memoryByNode = false): ProcessCheck {
  const found = findTargets(host, String(target), { all: false, command: 'check' });
  const process = checkTargets(host, found, { memoryByNode }).checked[0]?.process;
  if (process === undefined) throw new Error(`${target} has ended`);
  return process;
}

function output(command: string, ...args: string[]): string {
  const { stdout, status, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error !== undefined || status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error ?? status}`);
  return stdout;
}

const has = (command: string) => spawnSync(command, ['--version']).error === undefined;

/** `Key: value` of a status file, read here once more. */
function statusOf(pid: number, tid: number, key: string): string {
  const text = readFileSync(`/proc/${pid}/task/${tid}/status`, 'utf8');
  return new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
}

describe.skipIf(NO_PYTHON !== null)(
  `keel check on a live process${NO_PYTHON ? ` (${NO_PYTHON})` : ''}`,
  () => {
    let subject: Obedient;
    const names = ['a b) 9 S 1', 'x\ny', '\x1b[31mred', ')', '게임', '(((', '$(id)', '\ttab'];
    let tids: number[];

    beforeAll(async () => {
      subject = await startObedient();
      tids = (await subject.tell('threads', names)) as number[];
    });
    afterAll(() => subject.end());

    const threadOf = (tid: number) => {
      const found = check(subject.pid).threads.find((thread) => thread.tid === tid);
      if (found === undefined) throw new Error(`no thread ${tid}`);
      return found;
    };

    it('reads any name, and finds a process by one', async () => {
      const shown = check(subject.pid).threads.filter((thread) => tids.includes(thread.tid));
      expect(shown.map((thread) => thread.comm)).toEqual(names);
      await subject.tell('name', 'evil) R 1\n(x');
      expect(
        findTargets(host, 'evil) R 1\n(x', { all: false, command: 'check' }).map((one) => one.tgid),
      ).toEqual([subject.pid]);
    });

    it.skipIf(!has('taskset'))('affinity: taskset', () => {
      const [tid = 0] = tids;
      for (const list of ['0', check(subject.pid).usable.toString()]) {
        output('taskset', '-pc', list, String(tid));
        const said = output('taskset', '-pc', String(tid)).split(': ')[1] ?? '';
        expect(orNull(threadOf(tid).allowed)?.equals(CpuSet.parseList(said))).toBe(true);
        expect(orNull(threadOf(tid).affinity)?.toKernelList()).toBe(
          statusOf(subject.pid, tid, 'Cpus_allowed_list'),
        );
      }
    });

    it.skipIf(!has('chrt'))('policy and priority: chrt and ps', (context) => {
      const [, tid = 0] = tids;
      const said = () =>
        output('ps', '-L', '-p', String(subject.pid), '-o', 'tid=,cls=,ni=,psr=')
          .split('\n')
          .map((line) => line.trim().split(/\s+/))
          .find(([id]) => id === String(tid));
      expect(said()?.[1]).toBe('TS');
      expect(threadOf(tid)).toMatchObject({ policy: 'other', nice: Number(said()?.[2]) });
      expect(spawnSync('chrt', ['-b', '-p', '0', String(tid)]).status).toBe(0);
      expect(said()?.[1]).toBe('B');
      expect(threadOf(tid)).toMatchObject({ policy: 'batch', lastCpu: Number(said()?.[3]) });
      if (spawnSync('chrt', ['-r', '-p', '7', String(tid)]).status !== 0)
        context.skip('not permitted to set a real-time policy');
      expect(output('chrt', '-p', String(tid))).toMatch(/SCHED_RR[\s\S]*priority: 7/);
      expect(threadOf(tid)).toMatchObject({ policy: 'rr', realtimePriority: 7 });
      output('chrt', '-o', '-p', '0', String(tid));
    });

    it('switches, faults and memory: /proc', async () => {
      await subject.tell('lock', 1 << 16);
      await subject.tell('child', 1 << 22);
      const process = check(subject.pid);
      const stat = readFileSync(`/proc/${subject.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      expect([process.childMinorFaults, process.childMajorFaults].map(String)).toEqual([stat[8], stat[10]]);
      expect(Number(process.childMinorFaults)).toBeGreaterThanOrEqual((1 << 22) / 65_536);
      const kib = (key: string) => Number.parseInt(statusOf(subject.pid, subject.pid, key), 10) * 1024;
      expect(process.memory).toMatchObject({ rssBytes: kib('VmRSS'), swapBytes: kib('VmSwap') });
      expect(process.memory.lockedBytes).toBe(kib('VmLck'));
      expect(kib('VmLck')).toBeGreaterThanOrEqual(1 << 16);
      for (const thread of process.threads.filter((one) => tids.includes(one.tid))) {
        expect(String(thread.voluntarySwitches)).toBe(
          statusOf(subject.pid, thread.tid, 'voluntary_ctxt_switches'),
        );
        expect(String(thread.involuntarySwitches)).toBe(
          statusOf(subject.pid, thread.tid, 'nonvoluntary_ctxt_switches'),
        );
      }
    });

    it.skipIf(!has('prlimit'))('the limit of locked memory: prlimit', () => {
      const [soft, hard] = output(
        'prlimit',
        '--pid',
        String(subject.pid),
        '--memlock',
        '--output',
        'SOFT,HARD',
        '--noheadings',
        '--raw',
      )
        .trim()
        .split(' ');
      const limit = orNull(check(subject.pid).lockedMemoryLimit);
      expect([String(limit?.soft), String(limit?.hard)]).toEqual([soft, hard]);
    });

    it('resident memory by node: the sum is close to the RSS', () => {
      const { byNode, rssBytes } = check(subject.pid, true).memory;
      if (!present(byNode) || !present(rssBytes)) return expect(byNode).toMatchObject({ missing: 'absent' });
      const sum = [...byNode.values()].reduce((all, one) => all + one, 0);
      // The kernel keeps RSS in batches per CPU (mm/percpu counters); numa_maps counts page by page.
      expect(Math.abs(sum - rssBytes)).toBeLessThan(rssBytes * 0.1);
    });

    it('migrations: perf stat, exactly', async (context) => {
      const usable = orNull(check(subject.pid).usable);
      if (usable === null || usable.size < 2) context.skip('one CPU: nothing can migrate');
      const perf = await attachPerf(subject.pid);
      if (perf === null) return context.skip('perf is not installed or not permitted');
      const before = threadOf(subject.pid).migrations;
      await perf.enable();
      await subject.tell('move', 40);
      const counted = await perf.count();
      const after = threadOf(subject.pid).migrations;
      if (!present(before) || !present(after)) return context.skip('this kernel has no /proc/PID/sched');
      expect(Number(after - before)).toBe(counted);
      expect(counted).toBeGreaterThanOrEqual(39);
    });

    it('run time: grows by what getrusage would say', async () => {
      const runTime = () => {
        const value = threadOf(subject.pid).runTimeNs;
        return present(value) ? Number(value) : Number.NaN;
      };
      const ticks = () => {
        const stat =
          readFileSync(`/proc/${subject.pid}/task/${subject.pid}/stat`, 'utf8')
            .split(') ')
            .at(-1)
            ?.split(' ') ?? [];
        return (Number(stat[11]) + Number(stat[12])) * (1e9 / (host.facts.ticksPerSec ?? 100));
      };
      const [ours, theirs] = [runTime(), ticks()];
      await subject.tell('spin', 3_000_000);
      // One clock tick at each end is what the kernel's own utime cannot tell.
      const tolerance = 2e9 / (host.facts.ticksPerSec ?? 100);
      expect(Math.abs(runTime() - ours - (ticks() - theirs))).toBeLessThan(
        tolerance + 0.05 * (runTime() - ours),
      );
    });

    it('takes threads that die while it reads for what they are', async () => {
      const churning = subject.tell('churn', 2000);
      let ended = false;
      void churning.then(() => {
        ended = true;
      });
      let checks = 0;
      while (!ended) {
        const process = check(subject.pid);
        expect(process.threads.some((thread) => thread.tid === subject.pid)).toBe(true);
        for (const thread of process.threads) expect(present(thread.affinity), `${thread.tid}`).toBe(true);
        checks += 1;
        await new Promise(setImmediate);
      }
      expect(checks).toBeGreaterThan(1);
    });

    it('says that a process is gone, also where another has its id by now', async () => {
      const other = await startObedient();
      const found = findTargets(host, String(other.pid), { all: false, command: 'check' });
      const reused = found.map((target) => ({ ...target, startTicks: target.startTicks + 1n }));
      expect(checkTargets(host, reused, { memoryByNode: false }).checked).toEqual([]);
      await other.end();
      expect(checkTargets(host, found, { memoryByNode: false }).checked).toEqual([]);
      expect(() => check(other.pid)).toThrow(KeelError);
    });

    it('is the same from a capture of what it read', () => {
      const recorder = new RecordingSource(new LiveSource(), (_, text) => text);
      const recorded = new Host('live', host.facts, recorder);
      const read = (from: Host, target: string) =>
        checkJson(
          checkTargets(from, findTargets(from, target, { all: false, command: 'check' }), {
            memoryByNode: false,
          }),
        );
      const live = read(recorded, String(subject.pid));
      const text = renderCapture({
        facts: host.facts,
        moments: [{ monotonicNs: 1n, entries: recorder.take() }],
      });
      const capture = parseCapture(text);
      const replayed = new Host(
        'captured',
        capture.facts,
        new MemorySource(capture.moments[0]?.entries ?? new Map()),
      );
      expect(read(replayed, String(subject.pid))).toEqual(live);
      expect(read(replayed, 'evil) R 1\n(x').processes[0]?.tgid).toBe(subject.pid);
    });

    it('a CPU quota and a cpuset of cgroup v1', async (context) => {
      const [cpu, cpuset] = ['cpu', 'cpuset'].map(
        (name) => `/sys/fs/cgroup/${name}/keel-test-${process.pid}`,
      );
      if (cpu === undefined || cpuset === undefined) return;
      try {
        mkdirSync(cpu);
        mkdirSync(cpuset);
        writeFileSync(`${cpu}/cpu.cfs_quota_us`, '10000');
        writeFileSync(`${cpuset}/cpuset.cpus`, '0');
        writeFileSync(`${cpuset}/cpuset.mems`, '0');
      } catch (error) {
        return context.skip(`no cgroup v1 to write to: ${(error as Error).message}`);
      }
      const other = await startObedient();
      try {
        for (const folder of [cpu, cpuset]) writeFileSync(`${folder}/cgroup.procs`, String(other.pid));
        await other.tell('spin', 1_000_000);
        const { cgroup, threads } = check(other.pid);
        const quotas = present(cgroup) ? orNull(cgroup.quotas) : null;
        const stat = readFileSync(`${cpu}/cpu.stat`, 'utf8');
        expect(quotas).toMatchObject([
          {
            cgroup: `/keel-test-${process.pid}`,
            cpus: 0.1,
            throttling: { throttledPeriods: BigInt(/nr_throttled (\d+)/.exec(stat)?.[1] ?? -1) },
          },
        ]);
        expect(Number(/nr_throttled (\d+)/.exec(stat)?.[1])).toBeGreaterThan(0);
        expect(present(cgroup) && String(orNull(cgroup.cpuset)?.cpus)).toBe('0');
        expect(threads.map((thread) => String(thread.allowed))).toEqual(['0']);
      } finally {
        await other.end();
        for (const folder of [cpu, cpuset]) rmdirSync(folder);
      }
    });
  },
);

/** perf stat on one thread, off until `enable`; null where it cannot attach. */
async function attachPerf(tid: number) {
  const perf = spawn(
    'perf',
    ['stat', '-x', ',', '-e', 'cpu-migrations', '-D', '-1', '--control', 'fd:3,4', '-t', String(tid)],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const [, , stderr, control, acknowledge] = perf.stdio;
  const exited = new Promise<null>((resolve) => {
    perf.once('error', () => resolve(null));
    perf.once('close', () => resolve(null));
  });
  let said = '';
  stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  const order = async (word: string) => {
    const answered = new Promise<true>((resolve) => acknowledge?.once('data', () => resolve(true)));
    (control as NodeJS.WritableStream).write(`${word}\n`);
    return Promise.race([answered, exited]);
  };
  if ((await order('disable')) === null) return null;
  return {
    enable: () => order('enable'),
    async count() {
      await order('disable');
      perf.kill('SIGINT');
      await exited;
      return Number(/^(\d+),.*migrations/m.exec(said)?.[1]);
    },
  };
}
