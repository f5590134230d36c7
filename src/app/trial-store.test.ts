import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeptTrial } from '../trial/kept-trial.ts';
import { FAULT_STALL, INSTRUCTIONS, RUN_TIME, WAITING, WAKE_UPS } from '../trial/objective.ts';
import { trialOf } from '../trial/testing/kept-trials.ts';
import { parseTrial, renderTrial } from './trial-format.ts';
import { TrialStore } from './trial-store.ts';

let folder: string;
let store: TrialStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-trials-'));
  store = new TrialStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { id: _, ...trial } = trialOf();
const OBJECTIVES = [WAITING, RUN_TIME, WAKE_UPS, INSTRUCTIONS, FAULT_STALL];
const file = (name: string) => join(folder, 'trials', name);

describe('remembered trials', () => {
  it('come back as they were, the newest first, for nobody else to read', async () => {
    expect(await store.keep(trial)).toBe('t-1');
    expect(await store.keep({ ...trial, change: null })).toBe('t-2');
    expect(await store.of(trial.program)).toEqual([
      { ...trial, id: 't-2', change: null },
      { ...trial, id: 't-1' },
    ]);
    expect(statSync(file('t-1.json')).mode & 0o777).toBe(0o600);
    expect(await store.of({ ...trial.program, executable: '/srv/other' })).toEqual([]);
  });

  it('are the last hundred, and no number comes twice', async () => {
    await store.keep(trial);
    for (let i = 2; i <= 105; i += 1) writeFileSync(file(`t-${i}.json`), '', { mode: 0o600 });
    expect(await store.keep(trial)).toBe('t-106');
    expect(readdirSync(join(folder, 'trials')).length).toBe(100);
    expect((await store.of(trial.program)).map(({ id }) => id)).toEqual(['t-106']);
  });

  it('are not believed from others, nor where the name says another', async () => {
    await store.keep(trial);
    chmodSync(file('t-1.json'), 0o666);
    expect(await store.of(trial.program)).toEqual([]);
    chmodSync(file('t-1.json'), 0o600);
    symlinkSync(file('t-1.json'), file('t-2.json'));
    writeFileSync(file('t-3.json'), renderTrial(trialOf({ id: 't-9' })), { mode: 0o600 });
    mkdirSync(file('t-4.json'));
    expect((await store.of(trial.program)).map(({ id }) => id)).toEqual(['t-1']);
  });

  it('of an older keel have no noise and no reasons', () => {
    const { noise: _, candidates, ...trial } = trialOf();
    const older = candidates.map(({ because: __, ...candidate }) => candidate);
    const parsed = parseTrial(renderTrial({ ...trial, candidates: older } as never));
    expect(parsed).toMatchObject({ noise: null, candidates: [{ because: null, verdict: 'helps' }] });
  });

  it('are forgotten where the folder cannot be written to', async () => {
    writeFileSync(join(folder, 'file'), '');
    const nowhere = new TrialStore(join(folder, 'file'));
    expect(await nowhere.keep(trial)).toBeNull();
    expect(await nowhere.of(trial.program)).toEqual([]);
  });
});

describe('the text of a trial', () => {
  it('is taken back for what it was, and for nothing where a part is wrong', () => {
    const group = { kind: 'autogroup', session: 'autogroup-9', tgid: 7, comm: 'x', nice: 19 } as const;
    const [candidate] = trialOf().candidates as [KeptTrial['candidates'][number]];
    const full = trialOf({ candidates: [{ ...candidate, groups: [group] }] });
    expect(parseTrial(renderTrial(full))).toEqual(full);
    const text = renderTrial(trialOf());
    const wrong = ['', 'null', text.replace('"2-3"', '"3-2"'), text.replace('"t-6"', '"../x"')];
    for (const one of wrong) expect(parseTrial(one), one).toBeNull();
  });

  it('is also that of a version that remembered less', () => {
    const [{ value, because, isKept, ...candidate }] = trialOf().candidates as [
      KeptTrial['candidates'][number],
    ];
    const { noise, baseline, ...rest } = trialOf();
    const less = { value: null, because: null, isKept: false };
    const old = { ...rest, candidates: [candidate] } as unknown as KeptTrial;
    expect(parseTrial(renderTrial(old))).toEqual({
      ...rest,
      candidates: [{ ...candidate, ...less }],
      baseline: null,
      noise: null,
    });
  });

  it('is taken back whatever the trial was about', () => {
    for (const { id, label, unit, better } of OBJECTIVES) {
      const about = trialOf({ objective: { id, label, unit, better } });
      expect(parseTrial(renderTrial(about)), id).toEqual(about);
    }
  });

  it('never raises', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseTrial(text) === null));
  });
});
