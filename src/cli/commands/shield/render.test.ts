import { describe, expect, it } from 'vitest';
import type { MachineStep } from '../../../actions/machine/setting.ts';
import { Refused } from '../../../actions/refused.ts';
import { partition } from '../../../actions/shield/partition.ts';
import type { AppliedChange } from '../../../app/apply-change.ts';
import type { ShieldPlan } from '../../../app/plan-shield.ts';
import { CpuSet } from '../../../base/cpu-set.ts';
import { missing } from '../../../base/missing.ts';
import type { DocumentOutput } from '../../command.ts';
import { cells, createLook } from '../../output/look.ts';
import { appliedOutput, planLines, planOutput } from './render.ts';

const step = (setting: MachineStep['setting'], at: string, before: string, set: string): MachineStep => ({
  setting,
  at,
  before,
  set,
  mayStay: setting === 'irqAffinity',
});
const interrupt = (irq: number, device: string, isManaged: boolean) => ({
  irq,
  device,
  requested: CpuSet.range(0, 15),
  delivered: CpuSet.of(12),
  hasFired: true,
  isManaged,
});
const steps = [
  step('irqAffinity', '34', '0-15', '0-11,14-15'),
  step('irqAffinity', '40', '0-15', '0-11,14-15'),
  step('irqAffinity', '41', '0-15', '0-11,14-15'),
  step('workqueueCpus', '', '0-15', '0-11,14-15'),
  step('packetSteering', 'eth\u001b[31m0/2', '12', ''),
  step('cgroup', '/keel-c-19', '', 'made'),
  step('cpusetCpus', '/keel-c-19', '', '12-13'),
  step('cpusetPartition', '/keel-c-19', 'member', 'isolated'),
];
const plan: ShieldPlan = {
  id: 'c-19',
  cpus: CpuSet.of(12, 13),
  online: CpuSet.range(0, 15),
  way: partition,
  obstacles: [],
  targets: [],
  wishes: [],
  exceptions: [],
  everyone: { cpus: CpuSet.of(12, 13), rest: CpuSet.range(0, 11).union(CpuSet.of(14, 15)), except: [] },
  others: { processes: 41, threads: 230, kernelThreads: 12, groups: ['system.slice', 'user.slice'] },
  steps,
  interrupts: [interrupt(34, 'PCI-MSI 524288-edge eth0-tx-6', false), interrupt(31, 'nvme0q4', true)],
  perCpuThreads: { threads: 6, sharePct: 0.0213 },
  cautions: [{ en: 'a\u001b[2Jcaution', ko: '주의' }],
  changesSomething: true,
};
const applied: AppliedChange = {
  change: {
    id: 'c-19',
    bootId: 'b',
    at: '',
    command: 'shield 12-13',
    state: 'applied',
    endedAt: null,
    by: { tgid: 1, startTicks: 1n },
    steps,
    processes: [],
    coversAll: true,
    migrations: [],
    dueBootNs: null,
    guardian: null,
    note: null,
  },
  changedThreads: 230,
  verifiedThreads: 300,
  mismatches: [],
  stepMismatches: [],
  refusedSteps: steps.slice(1, 3).map((one) => ({
    step: one,
    refused: new Refused('denied', {
      en: `/proc/irq/${one.at}/smp_affinity_list: its driver decides (EIO)`,
      ko: `/proc/irq/${one.at}/smp_affinity_list: 드라이버가 정합니다 (EIO)`,
    }),
  })),
  refusedThreads: [],
};
const look = (language: 'en' | 'ko', width = 80) =>
  createLook({ language, width, unicode: true, colour: false });
const lines = (output: DocumentOutput, language: 'en' | 'ko' = 'en') => output.lines(look(language));

describe('the plan of a shield', () => {
  it('says who goes, what moves, what is made, and what stays', () => {
    expect(planLines(plan, 600e9, true, look('en'))).toEqual([
      'Plan c-19                                                    nothing will change',
      '  ~ 41 processes in system.slice, user.slice, 218 threads',
      '      off 12-13, to 0-11,14-15',
      '  ~ 12 kernel threads           off 12-13, to 0-11,14-15',
      '  ~ interrupt 34 eth0-tx-6      CPU 12 -> 0-11,14-15',
      '  ~ 2 interrupts                0-15 -> 0-11,14-15',
      '  ~ unbound workqueues          0-15 -> 0-11,14-15',
      '  ~ packets of eth\\x1b[31m0/2   12 -> —',
      '  + cgroup /keel-c-19           CPUs 12-13, isolated',
      '  = interrupt 31 nvme0q4        CPU 12, set by its driver',
      '  = 6 per-CPU kernel threads    cannot move; 0.02 % of 12-13 since boot',
      '  ! a\\x1b[2Jcaution',
      'Plan: 7 to change, 2 stay, by a partition of cgroup v2.',
      'Others lose 2 of 16 CPUs.  undo: keel undo c-19, or itself in 10 min',
    ]);
  });

  it.each(['en', 'ko'] as const)('fits any width (%s)', (language) => {
    for (const width of [60, 80, 120]) {
      for (const line of planLines(plan, null, false, look(language, width))) {
        expect(cells(line), line).toBeLessThanOrEqual(width);
      }
    }
  });

  it('says where nothing is to be done', () => {
    const idle = { ...plan, changesSomething: false, steps: [], interrupts: [] };
    expect(lines(planOutput(idle, null)).at(-1)).toBe('Nothing to change: nobody else is there.');
  });

  it('has a gap where interrupts cannot be read', () => {
    const blind = { ...plan, interrupts: missing('denied', '/proc/irq') };
    expect(planOutput(blind, null).json).toMatchObject({
      schema: 'keel.shield/1',
      outcome: 'planned',
      interrupts: null,
      gaps: [{ field: 'interrupts', reason: 'denied' }],
    });
  });
});

describe('what came of it', () => {
  it('counts what reads back, and joins interrupts that refuse for one reason', () => {
    expect(lines(appliedOutput(plan, applied, [31, 34, 40], null))).toEqual([
      'c-19 applied, read back: 300 of 300 threads and 6 of 8 settings as planned.',
      '  = interrupts 40, 41   its driver decides (EIO)',
      '  ! 1 interrupt (34) will leave 12-13 with the next time it fires',
      'Next: keel bench noise --cpus 12-13     keel undo c-19',
    ]);
  });

  it('fails where something does not read back as planned', () => {
    const [first] = steps;
    if (first === undefined) throw new Error('there are steps');
    const output = appliedOutput(
      plan,
      { ...applied, stepMismatches: [{ step: first, found: '0-15' }] },
      [],
      null,
    );
    expect(output.exitCode).toBe(1);
    expect(output.json).toMatchObject({
      outcome: 'mismatch',
      settingMismatches: [{ setting: 'irqAffinity', at: '34', wanted: '0-11,14-15', found: '0-15' }],
    });
    expect(lines(output).join('\n')).toContain('interrupt 34');
  });
});
