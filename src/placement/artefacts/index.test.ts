import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { ARTEFACT_FORMS, type Artefact, type ArtefactForm, type Wanted, wantedBy } from '../artefact.ts';
import { containerId } from '../container.ts';
import { fixQuota } from '../strategies/fix-quota.ts';
import { lowerHog } from '../strategies/lower-hog.ts';
import { tickAlone } from '../strategies/tick-alone.ts';
import { captured } from '../testing/machines.ts';
import { proposed } from '../testing/plans.ts';
import { other, situation } from '../testing/situations.ts';
import { ARTEFACT_WRITERS } from './index.ts';

const ID = 'a'.repeat(64);
const NOTHING: Wanted = {
  tgid: 4127,
  comm: 'arena',
  unit: 'arena.service',
  cgroup: `/docker/${ID}`,
  executable: "/srv/it's $(here)/arena",
  cpus: null,
  memory: null,
  scheduling: null,
  quota: null,
  isIdleGroup: false,
  now: {
    affinity: CpuSet.range(0, 7),
    affinities: [],
    policy: 'other',
    nice: 0,
    sessionNice: 0,
    weight: null,
    cpusetCpus: CpuSet.range(0, 7),
    cpusetNodes: CpuSet.of(0, 2),
  },
  sessionNice: null,
  threads: [],
};
const PINNED: Wanted = {
  ...NOTHING,
  cpus: CpuSet.parseList('4-6,8'),
  memory: { mode: 'preferred', nodes: CpuSet.of(2), migrate: true },
  scheduling: { policy: 'idle', nice: 5, sliceNs: null },
};
const answer = (form: ArtefactForm, wanted: Wanted) =>
  ARTEFACT_WRITERS.find((one) => one.form === form)?.write(wanted) as Artefact;

describe('the registry of forms', () => {
  it('holds each file of the folder, and each word of --as', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => !/(^index|\.test)\.ts$/.test(name));
    expect(ARTEFACT_WRITERS.map(({ form }) => form)).toEqual(ARTEFACT_FORMS);
    expect([...ARTEFACT_FORMS].sort()).toEqual(files.map((name) => name.replace(/\.ts$/, '')).sort());
  });

  it.each(ARTEFACT_FORMS)('%s has an undo for all it does, or says why it does nothing', (form) => {
    for (const wanted of [
      PINNED,
      NOTHING,
      { ...NOTHING, quota: { fromCpus: 0.5, toCpus: 1.3 } },
      { ...NOTHING, isIdleGroup: true },
    ]) {
      const found = ARTEFACT_WRITERS.find((one) => one.form === form)?.write(wanted);
      if (found !== undefined && 'because' in found) expect(found.because.ko).toMatch(/\p{Script=Hangul}/u);
      else expect(found?.undo.length).toBeGreaterThan(0);
    }
  });
});

describe('systemd', () => {
  it('has a drop-in that systemd itself accepts', (context) => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) context.skip('no systemd-analyze here');
    const root = mkdtempSync(join(tmpdir(), 'keel-unit-'));
    try {
      for (const wanted of [
        PINNED,
        { ...NOTHING, quota: { fromCpus: 0.5, toCpus: 1.3 } },
        { ...NOTHING, isIdleGroup: true },
      ]) {
        const [file] = answer('systemd', wanted).files;
        const path = join(root, file?.path ?? '');
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, file?.text ?? '');
        writeFileSync(join(root, 'etc/systemd/system/arena.service'), '[Service]\nExecStart=/bin/true\n');
        const run = spawnSync(
          'systemd-analyze',
          ['verify', '--man=no', join(root, 'etc/systemd/system/arena.service')],
          {
            encoding: 'utf8',
            env: { ...process.env, SYSTEMD_UNIT_PATH: `${join(root, 'etc/systemd/system')}:` },
          },
        );
        expect(run.stderr.split('\n').filter((line) => line.includes('50-evenkeel.conf'))).toEqual([]);
        writeFileSync(path, '[Service]\nCPUAffinity=4-oops\n');
        const broken = spawnSync(
          'systemd-analyze',
          ['verify', '--man=no', join(root, 'etc/systemd/system/arena.service')],
          {
            encoding: 'utf8',
            env: { ...process.env, SYSTEMD_UNIT_PATH: `${join(root, 'etc/systemd/system')}:` },
          },
        );
        expect(broken.stderr).toContain('50-evenkeel.conf');
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('writes what was wanted', () => {
    expect(answer('systemd', PINNED).files).toEqual([
      {
        path: '/etc/systemd/system/arena.service.d/50-evenkeel.conf',
        text: '[Service]\nCPUAffinity=4-6 8\nNUMAPolicy=preferred\nNUMAMask=2\nCPUSchedulingPolicy=idle\nNice=5\n',
      },
    ]);
  });

  it.each([
    'x;rm -rf ~.service',
    '../../x.service',
    'a b.service',
    '$(id).service',
    'session-3.scope',
    'x\n[Service].service',
  ])('refuses the unit %j', (unit) => {
    expect(answer('systemd', { ...PINNED, unit })).toHaveProperty('because');
  });
});

describe('taskset and numactl', () => {
  it('give options that the tools take', (context) => {
    if (spawnSync('taskset', ['--version']).status !== 0) context.skip('no taskset here');
    const [line] = answer('taskset', { ...NOTHING, tgid: process.pid, cpus: ownCpus() }).commands;
    expect(spawnSync('sh', ['-c', line ?? 'false']).status).toBe(0);
  });

  it('give numactl the program as one word, whatever it is called', (context) => {
    if (spawnSync('numactl', ['--show']).status !== 0) context.skip('no numactl here');
    const [line = ''] = answer('numactl', { ...NOTHING, cpus: ownCpus() }).commands;
    expect(line).toContain(`-- '/srv/it'\\''s $(here)/arena'`);
    expect(spawnSync('sh', ['-c', line.replace(/-- .*/, '-- true')]).status).toBe(0);
  });
});

it('goes back to what was read, and not to what most programs have', () => {
  const now: Wanted['now'] = {
    ...NOTHING.now,
    affinity: null,
    affinities: [
      { tid: 4127, cpus: CpuSet.of(1) },
      { tid: 4131, cpus: CpuSet.parseList('0-3') },
    ],
    policy: 'batch',
    nice: -5,
    sessionNice: -3,
    weight: { version: 1, value: 512 },
  };
  const own = { ...PINNED, now, sessionNice: 19 };
  expect(answer('taskset', own).undo).toEqual([
    'taskset -cp 1 4127',
    'taskset -cp 0-3 4131',
    'chrt -a --batch -p 0 4127',
    'renice -n -5 -p 4127',
    'echo -3 > /proc/4127/autogroup',
  ]);
  expect(answer('docker', own).undo[0]).toContain('--cpu-shares=512');
  const v2 = (value: number) =>
    answer('docker', { ...own, now: { ...now, weight: { version: 2, value } } }).undo[0];
  expect([v2(39), v2(100), v2(20)].map((line) => line?.match(/shares=(\d+)/)?.[1])).toEqual([
    '1024',
    '1024',
    '501',
  ]);
});

it('says what to note down where nothing was read', () => {
  const now = { ...NOTHING.now, affinity: null, policy: null, nice: null, sessionNice: null };
  for (const line of answer('taskset', { ...PINNED, now, sessionNice: 19 }).undo) expect(line).toMatch(/^# /);
});

function ownCpus(): CpuSet {
  const text = execFileSync('taskset', ['-cp', `${process.pid}`], { encoding: 'utf8' });
  return CpuSet.parseList(text.split(':').at(-1) ?? '');
}

describe('containers', () => {
  it('are found by the names that runtimes give', () => {
    for (const cgroup of [
      `/docker/${ID}`,
      `/system.slice/docker-${ID}.scope`,
      `/machine.slice/libpod-${ID}.scope/container`,
      `/kubepods/burstable/pod1/${ID}`,
    ])
      expect(containerId(cgroup)).toBe('a'.repeat(12));
    for (const cgroup of ['/', `/x${ID}`, `/docker/${ID}a`]) expect(containerId(cgroup)).toBeNull();
  });

  it('get CPUs, memory nodes and quotas, and back what they could have', () => {
    const { commands, undo } = answer('docker', PINNED);
    expect(commands[0]).toBe('docker update --cpuset-cpus=4-6,8 --cpuset-mems=2 --cpu-shares=2 aaaaaaaaaaaa');
    expect(undo).toEqual([
      'docker update --cpuset-cpus=0-7 --cpuset-mems=0,2 --cpu-shares=1024 aaaaaaaaaaaa',
    ]);
    expect(answer('podman', { ...NOTHING, quota: { fromCpus: 0.5, toCpus: 1.3 } }).commands[0]).toMatch(
      /^podman update --cpus=1\.3 /,
    );
  });

  it('are whole CPUs in Kubernetes, which YAML reads as text', () => {
    const [file] = answer('kubernetes', PINNED).files;
    expect(file?.text).toContain('requests: { cpu: "4", memory: "MEMORY" }');
    expect(answer('kubernetes', PINNED).notes[0]?.en).toContain('--cpu-manager-policy=static');
    const read = spawnSync(
      'python3',
      ['-c', 'import json,sys,yaml; print(json.dumps(yaml.safe_load(sys.stdin)))'],
      { input: file?.text, encoding: 'utf8' },
    );
    if (read.status === 0) expect(JSON.parse(read.stdout).spec.containers[0].resources.limits.cpu).toBe('4');
  });
});

describe('libvirt', () => {
  it('pins the virtual CPUs that have a thread, and the rest', () => {
    const guest = {
      ...NOTHING,
      comm: 'qemu-system-x86',
      cpus: CpuSet.of(0),
      threads: [{ tid: 9, comm: 'CPU 3/KVM', cpus: CpuSet.of(4, 5) }],
    };
    const { commands, undo, files } = answer('libvirt', guest);
    expect(commands).toEqual([
      'virsh emulatorpin DOMAIN 0 --live --config',
      'virsh vcpupin DOMAIN 3 4-5 --live --config',
    ]);
    expect(undo[1]).toBe('virsh vcpupin DOMAIN 3 0-7 --live --config');
    expect(files[0]?.text).toContain("<vcpupin vcpu='3' cpuset='4-5'/>");
    expect(answer('libvirt', PINNED)).toHaveProperty('because');
  });
});

describe('what a proposal wants', () => {
  const topology = captured('2s2c2t');

  it('is of the process that it changes', () => {
    const hog = other({ unit: 'backup.service' });
    const here = situation(topology, { others: [hog] });
    expect(wantedBy(proposed(lowerHog, here), here)).toMatchObject({
      tgid: 900,
      unit: 'backup.service',
      scheduling: { policy: 'idle' },
      now: { affinity: null, policy: 'other' },
    });
  });

  it('is the cgroup of a quota, and single threads where they are named', () => {
    const here = situation(topology, { quota: { cgroup: '/g', cpus: 1, stoppedPct: 50, throttledNs: 1e9 } });
    expect(wantedBy(proposed(fixQuota, here), here)).toMatchObject({ tgid: 100, quota: { toCpus: 1.1 } });
    const wanted = wantedBy(proposed(tickAlone, here), here) as Wanted;
    expect(wanted.threads).toMatchObject([{ tid: 100, comm: 'tick' }]);
    expect(answer('docker', wanted)).toHaveProperty('because');
    expect(answer('taskset', wanted).commands).toEqual(['taskset -acp 0-5 100', 'taskset -cp 6-7 100']);
  });
});
