import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../base/sentence.ts';
import type { Capabilities } from '../../model/capabilities.ts';
import { ABSENT, DENIED, machineThat, UNTRIED } from '../testing/capabilities.ts';
import { ABILITIES } from './index.ts';

const NOBODY = { uid: 65534, held: new Set() as Capabilities['held'] };

function judge(id: string, machine: Capabilities) {
  const ability = ABILITIES.find((one) => one.id === id);
  if (ability === undefined) throw new Error(`no ability ${id}`);
  return ability.judge(machine);
}

describe('the registry of abilities', () => {
  it('holds each file of the folder, by its name', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => !/(^index|\.test)\b/.test(name))
      .map((name) => name.replace(/\.ts$/, ''));
    expect(ABILITIES.map((ability) => ability.id).sort()).toEqual(files.sort());
  });

  it('is ready throughout on a machine that allows everything', () => {
    for (const ability of ABILITIES)
      expect([ability.id, ability.judge(machineThat()).state]).toEqual([ability.id, 'ok']);
  });
});

type Case = readonly [string, string, Capabilities, 'partly' | 'no' | 'unknown' | 'ok', RegExp];

const CASES: readonly Case[] = [
  ['counters', 'no schedstat', machineThat({ schedstat: ABSENT }), 'no', /schedstat is absent/],
  ['counters', 'no sched file', machineThat({ sched: ABSENT }), 'partly', /CONFIG_SCHED_DEBUG/],
  ['pressure', 'psi=0', machineThat({ pressure: ABSENT }), 'no', /psi=1/],
  ['cgroups', 'nothing mounted', machineThat({ cgroups: { versions: [], controllers: [] } }), 'no', /mount/],
  [
    'cgroups',
    'hybrid',
    machineThat({ cgroups: { versions: [1, 2], controllers: ['cpu'] } }),
    'ok',
    /hybrid; of v1: cpu/,
  ],
  ['placement', 'a user', machineThat(NOBODY), 'partly', /CAP_SYS_NICE/],
  ['time-slices', 'Linux 6.11', machineThat({ version: [6, 11] }), 'no', /6\.12 or later/],
  ['time-slices', 'Linux 7.0', machineThat({ version: [7, 0] }), 'ok', /2\.8 ms/],
  [
    'exact-events',
    'a user',
    machineThat({ ...NOBODY, trials: { perfMachine: DENIED } }),
    'partly',
    /paranoid is 2/,
  ],
  [
    'exact-events',
    'a seccomp filter',
    machineThat({ seccompMode: 2, trials: { perfMachine: DENIED, perfOwn: DENIED } }),
    'no',
    /seccomp filter/,
  ],
  [
    'exact-events',
    'a capture',
    machineThat({ trials: { perfOwn: UNTRIED } }),
    'unknown',
    /not in the capture/,
  ],
  ['counters', 'a capture', machineThat({ schedstat: UNTRIED }), 'unknown', /not in the capture/],
  ['tracepoints', 'a capture', machineThat({ tracepoints: UNTRIED }), 'unknown', /not in the capture/],
  ['folding', 'no BTF', machineThat({ btf: ABSENT, trials: { bpf: ABSENT } }), 'no', /CONFIG_DEBUG_INFO_BTF/],
  [
    'folding',
    'lockdown',
    machineThat({ lockdown: 'confidentiality', trials: { bpf: DENIED } }),
    'no',
    /lockdown/,
  ],
  [
    'folding',
    'a container',
    machineThat({ isInitialNamespace: false, trials: { bpf: ABSENT } }),
    'no',
    /host/,
  ],
  ['folding', 'a user', machineThat({ ...NOBODY, trials: { bpf: DENIED } }), 'no', /CAP_BPF and CAP_PERFMON/],
  ['folding', 'anything else', machineThat({ trials: { bpf: DENIED } }), 'no', /EACCES/],
  ['tracepoints', 'not mounted', machineThat({ tracepoints: [] }), 'no', /mount -t tracefs/],
  [
    'tracepoints',
    'a user',
    machineThat({ tracepoints: DENIED, trials: { bpf: DENIED } }),
    'no',
    /stays unseen/,
  ],
  ['other-processes', 'a user', machineThat({ ...NOBODY, ptraceScope: ABSENT }), 'partly', /CAP_SYS_PTRACE/],
  ['other-processes', 'Yama', machineThat({ ...NOBODY, ptraceScope: 1 }), 'no', /ptrace_scope is 1/],
  ['other-processes', 'Yama at 3', machineThat({ ptraceScope: 3 }), 'no', /reboot/],
  ['locked-memory', 'a user', machineThat(NOBODY), 'partly', /8 MiB, at most 8 MiB/],
  [
    'locked-memory',
    'no hard limit',
    machineThat({ ...NOBODY, lockedLimit: { softBytes: 1n << 30n, hardBytes: null } }),
    'partly',
    /1 GiB, can be raised/,
  ],
  ['numa', 'no NUMA', machineThat({ nodes: ABSENT }), 'no', /without NUMA/],
  ['numa', 'balancing', machineThat({ numaBalancing: 1 }), 'ok', /2 nodes; balancing by the kernel is on/],
  [
    'swap',
    'zram',
    machineThat({ swaps: [{ name: '/dev/zram0', sizeBytes: 2 ** 31, usedBytes: 2 ** 30 }] }),
    'ok',
    /1\.0 of 2\.0 GiB in use, zram/,
  ],
  [
    'hardware-counters',
    'a virtual machine',
    machineThat({ counterUnits: ['software'], trials: { perfHardware: ABSENT } }),
    'no',
    /virtual machines/,
  ],
  [
    'hardware-counters',
    'nothing that samples accesses',
    machineThat({ accessSampling: null }),
    'partly',
    /ibs_op.*perf c2c/,
  ],
  [
    'interrupts',
    'managed queues',
    machineThat({
      interruptMobility: { interrupts: 18, fixed: ['nvme0q1', 'nvme0q2', 'nvme0q3', 'nvme0q4'] },
    }),
    'partly',
    /^14 of 18 can move; nvme0q1, nvme0q2, nvme0q3, …: held by the driver/,
  ],
  ['interrupts', 'a user', machineThat(NOBODY), 'partly', /18 of 18 can move, by root .*only root/],
  ['interrupts', 'no /proc/irq', machineThat({ interruptMobility: ABSENT }), 'no', /not there/],
  ['hardware-counters', 'a user', machineThat({ trials: { perfHardware: DENIED } }), 'no', /CAP_PERFMON/],
];

describe('an ability', () => {
  it.each(CASES)('%s: %s', (id, _, machine, state, says) => {
    const judgement = judge(id, machine);
    expect(judgement.state).toBe(state);
    const texts = [judgement.detail, judgement.because, judgement.costs, judgement.grant].filter(
      (text) => text !== null,
    );
    expect(texts.map((text) => text.en).join(' ')).toMatch(says);
    for (const text of texts) for (const language of LANGUAGES) expect(text[language].trim()).not.toBe('');
    // What is missing says what it costs.
    if (state === 'no' || state === 'partly') expect(judgement.costs).not.toBeNull();
  });

  it('has a case for each that can be missing', () => {
    const always = ['swap'];
    const tested = new Set(CASES.filter(([, , , state]) => state !== 'ok').map(([id]) => id));
    expect(ABILITIES.map((one) => one.id).filter((id) => !tested.has(id))).toEqual(always);
  });
});

it.each(ABILITIES)('says nothing of $id where nothing is known', (ability) => {
  const nothing = Object.fromEntries(Object.keys(machineThat()).map((name) => [name, UNTRIED]));
  const trials = { perfOwn: UNTRIED, perfMachine: UNTRIED, perfHardware: UNTRIED, bpf: UNTRIED };
  const empty = { ...nothing, release: null, arch: null, version: null, uid: null, trials };
  expect(ability.judge(empty as unknown as Capabilities).state).toBe('unknown');
});
