import { describe, expect, it } from 'vitest';
import type { Judged } from '../../../app/judge-abilities.ts';
import { ABILITIES } from '../../../diagnosis/abilities/index.ts';
import { DENIED, machineThat } from '../../../diagnosis/testing/capabilities.ts';
import type { Capabilities } from '../../../model/capabilities.ts';
import { cells, createLook } from '../../output/look.ts';
import { doctorOutput } from './render.ts';

const look = (language: 'en' | 'ko' = 'en') =>
  createLook({ language, width: 80, unicode: true, colour: false });

function judged(capabilities: Capabilities): Judged {
  const abilities = ABILITIES.map((ability) => ({ ability, judgement: ability.judge(capabilities) }));
  return { capabilities, abilities, gaps: [] };
}

const user = machineThat({
  uid: 1000,
  held: new Set(),
  ptraceScope: 0,
  trials: { perfMachine: DENIED, perfHardware: DENIED, bpf: DENIED },
});

describe('keel doctor', () => {
  it('counts first, explains two, and says where the rest is', () => {
    const lines = doctorOutput(judged(user), false).lines(look());
    expect(lines[0]).toBe('7 of 14 abilities ready, 5 partly, 2 not. Linux 6.12.1');
    expect(lines[1]).toBe('As user 1000:');
    expect(lines.filter((line) => line.includes('because'))).toHaveLength(2);
    expect(lines.at(-1)).toBe('Why, what it costs, how to allow it, for all 7: keel doctor --all');
  });

  it('says what root lacks, and a container', () => {
    const machine = machineThat({ held: new Set(['CAP_SYS_NICE', 'CAP_BPF']), isInitialNamespace: false });
    expect(doctorOutput(judged(machine), true).lines(look()).slice(1, 3).join(' ')).toMatch(
      /^As root without CAP_IPC_LOCK, .*, in a container:/,
    );
  });

  it.each(['en', 'ko'] as const)('fits 80 columns in %s', (language) => {
    for (const line of doctorOutput(judged(user), true).lines(look(language))) {
      expect([line, cells(line) <= 80]).toEqual([line, true]);
    }
  });

  it('gives each ability with state, reason, cost and grant as JSON', () => {
    const { json } = doctorOutput(judged(user), false);
    expect(json).toMatchObject({ schema: 'keel.doctor/1', uid: 1000, capabilities: [], container: false });
    expect((json.abilities as { id: string }[]).find((one) => one.id === 'exact-events')).toMatchObject({
      state: 'partly',
      because: 'kernel.perf_event_paranoid is 2 and CAP_PERFMON is not held',
      grant: expect.stringContaining('CAP_PERFMON'),
    });
  });
});
