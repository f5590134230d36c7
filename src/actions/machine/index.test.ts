import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MACHINE_SETTINGS, machineSettingNamed } from './index.ts';

describe('the registry of machine settings', () => {
  it('holds each file of the folder', () => {
    const kinds = readdirSync(import.meta.dirname).filter(
      (name) => !/\.test\.ts$|^(index|setting|file-setting)\.ts$/.test(name),
    );
    expect(MACHINE_SETTINGS.length).toBe(kinds.length);
    expect(MACHINE_SETTINGS.map((setting) => machineSettingNamed(setting.name))).toEqual(MACHINE_SETTINGS);
  });

  it.each([
    ['irqAffinity', '34', '0-3,8', ['', '-1', '34/..', '1e3'], ['all', '0-', '0-15:2', '3,1']],
    ['workqueueCpus', '', '0-3', ['0', '/'], ['ff,0']],
    ['packetSteering', 'eth0/2', '', ['eth0', '../1', 'a/b/1', 'eth0/x'], ['0x3']],
    ['cpusetCpus', '/a b.slice/c', '', ['a', '/..', '/a/../b', '/a//b', '//'], ['-1']],
    ['cpusetPartition', '/keel-c-1', 'isolated', ['../x'], ['exclusive', '']],
    ['hugePages', '', 'madvise', ['/'], ['defer', '']],
    ['swappiness', '', '60', ['/'], ['201', '-1', '']],
    ['legacySwappiness', '/cg/a', '0', ['a', '/../b'], ['max', '1e2']],
    ['groupMemoryMax', '/cg/a', 'max', ['a', '/../b'], ['-1', '1e9', '']],
    ['legacyMemoryMax', '/cg/a', '50331648', ['a', '/../b'], ['-1', '48M']],
    ['unitCpus', 'user-1000@x.slice', '', ['', '-.slice', '--help', 'a/b.slice', 'system'], ['-1', '0 2']],
    ['cgroup', '/keel-c-1', 'made', ['/', ''], ['gone']],
    ['cpuQuota', '/q', 'max 100000', ['q'], ['max', '0 100000', '-1 100000', '5']],
    ['groupWeight', '/q', 'idle', ['q'], ['0', '-1', 'max', '']],
    ['sessionNice', 'autogroup-143', '-20', ['143', '/autogroup-1'], ['20', '-21', '', '1.5']],
    ['keptFiles', '4127@98765', '8388608', ['4127', '/'], ['', '-1', '8M']],
    ['membership', '4127@98765', '/', ['4127', '0@1', '-1@1', '1@x'], ['', 'x', '/../x']],
  ] as const)(
    '%s takes nothing for a place or a value that is none',
    (name, place, value, places, values) => {
      const setting = machineSettingNamed(name);
      expect(setting.isPlace(place)).toBe(true);
      expect(setting.isValue(value)).toBe(true);
      for (const one of places) expect(setting.isPlace(one), one).toBe(false);
      for (const one of values) expect(setting.isValue(one), one).toBe(false);
    },
  );
});
