import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Missing, missing } from '../../../base/missing.ts';
import { renderCapture } from '../../../host/capture.ts';
import type { Entry } from '../../../host/memory.ts';
import { cells } from '../../output/look.ts';
import { runLine } from '../../testing/run-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'keel-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface ThreadTexts {
  readonly comm: string;
  readonly affinity?: string;
  readonly delayNs: number;
  readonly policy?: string;
  readonly sched?: string | Missing;
}

const DAY_TICKS = 24 * 3600 * 100;
const POLICY = '0 0';

/** /proc/PID/stat of a task that started a day after the boot. */
const stat = (id: number, comm: string, policy = POLICY) =>
  `${id} (${comm}) S 1 7 7 0 -1 0 841 9 310 2 400 100 0 0 20 0 1 0 ${DAY_TICKS} 0 1000 0 ${'0 '.repeat(13)}4 ${policy}\n`;

/** The machine of screens.md, as a capture: 16 CPUs, one node, arena of unit arena.service. */
function arena(
  threads: readonly ThreadTexts[],
  changes: Readonly<Record<string, string | Missing>> = {},
): string {
  const entries = new Map<string, Entry>();
  const file = (path: string, text: string | Missing) =>
    entries.set(path, typeof text === 'string' ? { kind: 'file', text } : text);
  const cpu = '/sys/devices/system/cpu';
  file('/proc/uptime', `${(4 * 24 + 4) * 3600}.00 0.00\n`);
  file(`${cpu}/online`, '0-15\n');
  file(`${cpu}/possible`, '0-15\n');
  file(`${cpu}/isolated`, '\n');
  file(`${cpu}/nohz_full`, '(null)\n');
  file('/sys/devices/system/node/online', '0\n');
  file('/proc/sys/kernel/numa_balancing', '0\n');
  file('/proc/sys/kernel/sched_rt_runtime_us', '950000\n');
  file('/proc/sys/kernel/sched_rt_period_us', '1000000\n');
  file('/proc/self/mountinfo', '30 20 0:26 / /cg rw - cgroup2 cgroup2 rw\n');
  const absent = (path: string) => file(path, missing('absent', path));
  for (const at of ['/cg', '/cg/system.slice', '/cg/system.slice/arena.service']) {
    for (const name of ['cpu.max', 'memory.max', 'cpuset.cpus.effective', 'cpuset.cpus.partition'])
      absent(`${at}/${name}`);
  }
  file('/cg/cpuset.cpus.effective', '0-15\n');
  file('/cg/cpuset.mems.effective', '0\n');
  file('/proc/4127/stat', stat(4127, threads[0]?.comm ?? ''));
  file('/proc/4127/status', status(4127, '0-15'));
  file('/proc/4127/cgroup', '0::/system.slice/arena.service\n');
  entries.set('/proc/4127/exe', { kind: 'link', text: '/srv/arena/arena' });
  file(
    '/proc/4127/limits',
    'Limit  Soft Limit\nMax locked memory         8388608              unlimited            bytes\n',
  );
  threads.forEach((thread, i) => {
    const at = `/proc/4127/task/${4127 + i}`;
    file(`${at}/stat`, stat(4127 + i, thread.comm, thread.policy));
    file(`${at}/status`, status(4127, thread.affinity ?? '0-15'));
    file(`${at}/schedstat`, `104040000000000 ${thread.delayNs} 9\n`);
    file(`${at}/sched`, thread.sched ?? 'x (1)\n---\nse.nr_migrations : 402118\nse.slice : 2800000\n');
  });
  for (const [path, text] of Object.entries(changes)) file(path, text);
  const facts = {
    pageBytes: 4096,
    ticksPerSec: 100,
    release: '6.12.0',
    arch: 'x86_64',
    littleEndian: true,
    bootId: 'b',
  };
  const name = join(folder, `${entries.size}-${Math.abs(hash(JSON.stringify([...entries])))}.keel`);
  writeFileSync(name, renderCapture({ facts, moments: [{ monotonicNs: 1n, entries }] }));
  return name;
}

function status(tgid: number, affinity: string): string {
  return `Name:\tx\nTgid:\t${tgid}\nUid:\t1000\t1000\t1000\t1000\nVmLck:\t0 kB\nVmRSS:\t4299162 kB\nVmSwap:\t319488 kB\nCpus_allowed_list:\t${affinity}\nMems_allowed_list:\t0\nvoluntary_ctxt_switches:\t18000000\nnonvoluntary_ctxt_switches:\t2100000\n`;
}

function hash(text: string): number {
  return [...text].reduce((sum, char) => (Math.imul(sum, 31) + char.charCodeAt(0)) | 0, 7);
}

async function run(...line: string[]) {
  const result = await runLine(['check', ...line]);
  return { ...result, lines: result.out.trimEnd().split('\n') };
}

const three: readonly ThreadTexts[] = [
  { comm: 'arena', delayNs: 5_000_000 },
  { comm: 'tick', delayNs: 1_104_000_000_000 },
  { comm: 'net', delayNs: 942_000_000_000 },
];

describe('keel check', () => {
  it('shows a process on one screen', async () => {
    const { exitCode, lines } = await run('arena', '--sysroot', arena(three), '--show', '2');
    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      'arena 4127   arena.service   since 3 d 4 h   /srv/arena/arena',
      'affinity 0-15 on 3 of 3 threads, allowed 0-15 (cpuset 0-15), quota none,',
      '  policy other, slice 2.80 ms',
      'RSS 4.10 GiB (node 0: 4.10 GiB), swap 312 MiB, locked 0 B of 8 MiB soft,',
      '  unlimited hard, faults of ended children 9/2',
      ' TID  thread  CPU  run time  run delay  moves  vol/invol  minor/major',
      '4128  tick      4    28.9 h   18.4 min   402k  18M/2.10M      841/310',
      '4129  net       4    28.9 h   15.7 min   402k  18M/2.10M      841/310',
      '1 more by run delay: --all',
      'All since thread start; nothing missing.',
    ]);
  });

  it('is one document with --json', async () => {
    const { out } = await run('4127', '--sysroot', arena(three), '--json');
    const document = JSON.parse(out);
    expect(document).toMatchObject({ schema: 'keel.check/1', warnings: [], gaps: [] });
    expect(document.processes[0]).toEqual({
      tgid: 4127,
      comm: 'arena',
      exe: '/srv/arena/arena',
      state: 'S',
      parent: 1,
      uid: 1000,
      startTimeNs: '86400000000000',
      ageNs: 273_600_000_000_000,
      unit: 'arena.service',
      cgroup: '/system.slice/arena.service',
      cgroupCpus: '0-15',
      cgroupMemoryNodes: '0',
      isolatedCpus: '',
      nohzFullCpus: '',
      cpuQuota: null,
      quotas: [],
      threads: expect.any(Array),
      children: { minorFaults: 9, majorFaults: 2 },
      memory: {
        rssBytes: 4_402_341_888,
        swapBytes: 327_155_712,
        lockedBytes: 0,
        byNode: { 0: 4_402_341_888 },
        cgroupLimitBytes: null,
        cgroupUsedBytes: null,
      },
      limits: { memlockSoftBytes: 8_388_608, memlockHardBytes: 'unlimited' },
    });
    expect(document.processes[0].threads[1]).toEqual({
      tid: 4128,
      comm: 'tick',
      state: 'S',
      startTimeNs: '86400000000000',
      affinity: '0-15',
      allowed: '0-15',
      lastCpu: 4,
      policy: 'other',
      nice: 0,
      realtimePriority: 0,
      sliceNs: 2_800_000,
      migrations: 402_118,
      voluntarySwitches: 18_000_000,
      involuntarySwitches: 2_100_000,
      runTimeNs: '104040000000000',
      runDelayNs: '1104000000000',
      minorFaults: 841,
      majorFaults: 310,
    });
  });

  it('shows one thread where one was named', async () => {
    const capture = arena(three);
    const { lines } = await run('tid:4128', '--sysroot', capture);
    expect(lines.filter((line) => /^41/.test(line))).toHaveLength(1);
    expect(lines).toContain('one of 3 threads: keel check 4127');
    const { out } = await run('tid:4128', '--sysroot', capture, '--json');
    expect(JSON.parse(out).processes[0].threads.map((one: { tid: number }) => one.tid)).toEqual([4128]);
  });

  it('has columns for what threads differ in, and says what to do', async () => {
    const mixed = [
      { comm: 'arena', delayNs: 1, affinity: '3' },
      { comm: 'tick', delayNs: 9, policy: '40 1' },
    ];
    const capture = arena(mixed);
    const { exitCode, lines } = await run('arena', '--sysroot', capture, '--exit-code');
    expect(exitCode).toBe(3);
    expect(lines.slice(4)).toEqual([
      '  unlimited hard, faults of ended children 9/2',
      '! only the main thread is pinned (to 3); 1 other thread runs on 0-15',
      '  pin all of its threads: keel pin 4127 3',
      'i real-time threads (1) may run 950 of each 1000 ms; one that never sleeps is',
      '  stopped for the rest',
      '  see whether it is held up: keel why 4127',
      ' TID  thread  CPU  affinity  policy   run time  run delay  moves  minor/major',
      '4128  tick      4  0-15      fifo 40    28.9 h       9 ns   402k      841/310',
      '4127  arena     4  3         other      28.9 h       1 ns   402k      841/310',
      'More columns: --width 120',
      'All since thread start; nothing missing.',
    ]);
    const { out } = await run('arena', '--sysroot', capture, '--json', '--exit-code');
    expect(JSON.parse(out).warnings[0]).toMatchObject({
      check: 'main-thread-only',
      severity: 'warning',
      subject: { tgid: 4127, tid: null, comm: 'arena' },
      remedies: [{ command: 'keel pin 4127 3' }],
    });
  });

  it('never lets a name steer the terminal or forge a line, and stays within the width', async () => {
    const nasty = ['a b) 9 * x', '\x1b[31mred', 'x\ny', '게임서버게임', '\u202egnp.exe', ')'].map((comm) => ({
      comm,
      delayNs: 1,
    }));
    for (const [language, width] of [
      ['en', 80],
      ['ko', 80],
      ['en', 100],
      ['ko', 200],
    ] as const) {
      const { out, lines } = await run(
        '4127',
        '--sysroot',
        arena(nasty),
        '--lang',
        language,
        '--width',
        `${width}`,
      );
      expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      expect(out).toContain('x\\ny');
      for (const line of lines) expect(cells(line), line).toBeLessThanOrEqual(width);
    }
  });

  it('explains what is missing once, not once per thread', async () => {
    const denied = missing('denied', '/proc/4127/task/4128/sched', 'EACCES');
    const capture = arena(
      three.map((thread) => ({ ...thread, sched: denied })),
      { '/proc/4127/exe': missing('denied', '/proc/4127/exe', 'EACCES') },
    );
    const { out } = await run('arena', '--sysroot', capture, '--json');
    const { gaps, processes } = JSON.parse(out);
    expect(processes[0].threads[0].migrations).toBeNull();
    expect(gaps.map((gap: { field: string }) => gap.field)).toEqual([
      'processes[].exe',
      'processes[].threads[].sliceNs',
      'processes[].threads[].migrations',
    ]);
    const { lines } = await run('arena', '--sysroot', capture);
    expect(lines).toContain('— exe, sliceNs, migrations: not permitted; run as root or as the owner of the');
    expect(lines.find((line) => line.startsWith('4128'))).toContain('  —  ');
  });

  it('says which of its CPUs are isolated or without tick', async () => {
    const pinned = three.map((thread) => ({ ...thread, affinity: '14' }));
    const cpu = '/sys/devices/system/cpu';
    const capture = arena(pinned, { [`${cpu}/isolated`]: '12-15\n', [`${cpu}/nohz_full`]: '14\n' });
    const { out } = await run('arena', '--sysroot', capture, '--json');
    expect(JSON.parse(out).processes[0]).toMatchObject({ isolatedCpus: '14', nohzFullCpus: '14' });
    const { lines } = await run('arena', '--sysroot', capture, '--width', '200');
    expect(lines[1]).toContain('allowed 14 (cpuset 0-15), isolated 14, nohz_full 14, quota none');
  });

  it('shows a quota with how often it stopped the threads', async () => {
    const capture = arena(three, {
      '/cg/system.slice/cpu.max': '150000 100000\n',
      '/cg/system.slice/cpu.stat': 'nr_periods 1000\nnr_throttled 30\nthrottled_usec 900000\n',
    });
    const { lines } = await run('arena', '--sysroot', capture);
    expect(lines.slice(1, 3).join('').replace('  ', ' ')).toContain('quota 1.5 CPUs per 100 ms');
    expect(lines).toContain('! the quota of cgroup /system.slice (1.5 CPUs) stopped its threads in 3.0 % of');
    const { out } = await run('arena', '--sysroot', capture, '--json');
    expect(JSON.parse(out).processes[0]).toMatchObject({
      cpuQuota: 1.5,
      quotas: [
        {
          cgroup: '/system.slice',
          cpus: 1.5,
          quotaNs: 150e6,
          periodNs: 100e6,
          periods: 1000,
          throttledPeriods: 30,
          throttledNs: '900000000',
        },
      ],
    });
  });

  it.each([
    ['99', 5, 'error E_GONE: no process 99'],
    ['arenna', 5, 'Did you mean: arena'],
    ['4128', 2, '4128 is not a process but a thread of 4127 (arena)'],
    ['tid:x', 2, 'a task id is a whole number'],
    ['99999999', 5, 'no process 99999999'],
    ['/(/', 2, '^'],
  ])('refuses %j with exit code %i', async (target, expected, said) => {
    const capture = arena(three, { '/proc/4128/status': status(4127, '0-15') });
    const { exitCode, out, err } = await run(target, '--sysroot', capture);
    expect([exitCode, out]).toEqual([expected, '']);
    expect(err).toContain(said);
  });
});
