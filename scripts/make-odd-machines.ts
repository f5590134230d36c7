/**
 * Writes captures of machines that the lab cannot boot: hybrid cores, core ids that repeat in every package, s390
 * without core ids, pages of 64 KiB. By hand, after what such kernels write.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCapture } from '../src/host/capture.ts';
import { type Facts, NO_FACTS } from '../src/host/facts.ts';
import { type FakeMachine, fakeFiles } from '../src/host/testing/sysfs.ts';

const CPU = '/sys/devices/system/cpu';
const perCpu = (cpus: number, name: string, value: (cpu: number) => string): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: cpus }, (_, cpu) => [`${CPU}/cpu${cpu}/${name}`, `${value(cpu)}\n`]),
  );

const MACHINES: Readonly<Record<string, { readonly machine: FakeMachine; readonly facts: Partial<Facts> }>> =
  {
    'hybrid-cores': {
      facts: { arch: 'x86_64', pageBytes: 4096, ticksPerSec: 100, release: '6.8.0' },
      machine: {
        cores: ['0-1', '2-3', '4', '5', '6', '7', '8', '9'],
        llcs: ['0-7'],
        nodes: { 0: '0-9' },
        files: {
          '/sys/devices/cpu_core/cpus': '0-3\n',
          '/sys/devices/cpu_atom/cpus': '4-7\n',
          '/sys/devices/cpu_lowpower/cpus': '8-9\n',
          ...perCpu(10, 'cpufreq/cpuinfo_max_freq', (cpu) =>
            cpu < 4 ? '4700000' : cpu < 8 ? '3800000' : '2500000',
          ),
          ...perCpu(10, 'cpufreq/cpuinfo_min_freq', () => '400000'),
          ...perCpu(10, 'cpufreq/scaling_governor', () => 'powersave'),
          '/proc/cpuinfo': 'processor : 0\nmodel name : Hybrid Example CPU\n',
        },
      },
    },
    'repeated-core-ids': {
      facts: { arch: 'x86_64', pageBytes: 4096, ticksPerSec: 100, release: '4.19.0' },
      machine: {
        cores: ['0', '1', '2', '3', '4', '5', '6', '7'],
        packages: ['0-3', '4-7'],
        nodes: { 0: '0-1', 1: '2-3', 2: '4-5', 3: '6-7' },
        files: perCpu(8, 'topology/core_id', (cpu) => `${cpu % 2}`),
      },
    },
    's390-books': {
      facts: { arch: 's390x', pageBytes: 4096, ticksPerSec: 100, release: '5.14.0', littleEndian: false },
      machine: {
        cores: ['0', '1', '2', '3', '4', '5'],
        packages: ['0-1', '2', '3-5'],
        files: {
          ...Object.fromEntries(
            [0, 1, 2, 3, 4, 5].map((cpu) => [`${CPU}/cpu${cpu}/topology/core_id`, null] as const),
          ),
          ...perCpu(6, 'topology/book_siblings', (cpu) => (cpu < 3 ? '7' : '38')),
          ...perCpu(6, 'topology/book_id', (cpu) => (cpu < 3 ? '1' : '4')),
          ...perCpu(6, 'topology/drawer_siblings', () => '3f'),
          '/proc/cpuinfo': 'vendor_id       : IBM/S390\nprocessor 0:\nprocessor 1:\n',
        },
      },
    },
    'pages-64k': {
      facts: { arch: 'ppc64le', pageBytes: 65_536, ticksPerSec: 100, release: '5.10.0' },
      machine: {
        cores: ['0-7', '8-15'],
        llcs: ['0-7', '8-15'],
        nodes: { 0: '0-7', 8: '8-15' },
        files: {
          '/sys/devices/system/node/online': '0,8\n',
          '/sys/devices/system/node/node0/distance': '10 40\n',
          '/sys/devices/system/node/node8/distance': '40 10\n',
          '/proc/cpuinfo': 'processor : 0\ncpu : POWER9, altivec supported\n',
        },
      },
    },
  };

for (const [name, { machine, facts }] of Object.entries(MACHINES)) {
  const entries = new Map(
    Object.entries(fakeFiles(machine)).map(([path, text]) => [path, { kind: 'file' as const, text }]),
  );
  const capture = { facts: { ...NO_FACTS, ...facts }, moments: [{ monotonicNs: 0n, entries }] };
  writeFileSync(
    join(import.meta.dirname, '..', 'fixtures', 'machines', `${name}.keel`),
    renderCapture(capture),
  );
}
