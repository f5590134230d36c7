import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS, settingNamed } from './index.ts';
import { POLICIES, scheduling, wishScheduling } from './scheduling.ts';

describe('the registry of settings', () => {
  it('holds each file of the folder', () => {
    const kinds = readdirSync(import.meta.dirname).filter(
      (name) => !/\.test\.ts$|^(index|setting)\.ts$/.test(name),
    );
    expect(SETTINGS.length).toBe(kinds.length);
    expect(SETTINGS.map((setting) => settingNamed(setting.name))).toEqual(SETTINGS);
  });
});

describe('what is wished for the scheduling', () => {
  const other = {
    policy: 0,
    flags: 1,
    nice: 3,
    realtimePriority: 0,
    runtimeNs: 3e6,
    deadlineNs: 0,
    periodNs: 0,
  };
  const fifo = { number: 1, realtimePriority: 20 };

  it('keeps what is not named', () => {
    const wish = wishScheduling({ policy: null, nice: 5, sliceNs: null });
    expect(wish.want(other)).toEqual({ ...other, nice: 5 });
    expect(wishScheduling({ policy: null, nice: null, sliceNs: 0 }).want(other)).toEqual({
      ...other,
      runtimeNs: 0,
    });
  });

  it('drops the slice where the new policy has none', () => {
    const wish = wishScheduling({ policy: fifo, nice: null, sliceNs: null });
    expect(wish.want(other)).toMatchObject({ policy: 1, realtimePriority: 20, runtimeNs: 0, flags: 1 });
  });

  it('is shown in the words of the command line', () => {
    expect(scheduling.text(other)).toBe('other nice 3 slice 3 ms');
    expect(scheduling.text({ ...other, policy: 2, realtimePriority: 7 })).toBe('rr:7');
    expect(wishScheduling({ policy: fifo, nice: null, sliceNs: null }).label).toBe('fifo:20');
    expect(POLICIES.get(5)).toBe('idle');
  });
});
