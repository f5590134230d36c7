import { describe, expect, it } from 'vitest';
import type { JournalRecord, MigrationRecord } from './change.ts';
import { PageArms } from './page-arms.ts';
import { Refused } from './refused.ts';
import { SimulatedMachine } from './testing/simulated-machine.ts';

const moving = (from: string, to: string): MigrationRecord => ({ tgid: 100, startTicks: 1n, from, to });

function begin(candidates: readonly (readonly MigrationRecord[])[]) {
  const machine = new SimulatedMachine(['0-3']);
  const arms = new PageArms(machine, candidates);
  const told: JournalRecord[] = [];
  arms.writeTo({
    append(record) {
      told.push(record);
      machine.migrated.push(record.record);
    },
  });
  return { machine, arms, told };
}

describe('placements that move pages', () => {
  it('are told before the first move, and sent back by every other placement', () => {
    const { machine, arms, told } = begin([[moving('1', '0')], []]);
    for (const arm of [0, 1, 1, 2, 1, 0]) arms.switchTo(arm);
    expect(machine.migrated).toEqual(['migrating', '1 -> 0', '0 -> 1', '1 -> 0', '0 -> 1']);
    expect(told).toEqual([{ record: 'migrating', migration: moving('1', '0') }]);
    expect([0, 1, 2].map((arm) => arms.changesSomething(arm))).toEqual([false, true, false]);
  });

  it('leave pages where two placements have them alike', () => {
    const { machine, arms } = begin([[moving('1', '0')], [moving('1', '0')]]);
    for (const arm of [1, 2, 0]) arms.switchTo(arm);
    expect(machine.migrated).toEqual(['migrating', '1 -> 0', '0 -> 1']);
  });

  it('send back what was moved half-way, and pass over who has ended', () => {
    const { machine, arms } = begin([[moving('1', '0')]]);
    const migrate = machine.migratePages.bind(machine);
    const refusing = (reason: 'failed' | 'gone') => () => {
      machine.migratePages = migrate;
      throw new Refused(reason, { en: reason, ko: reason });
    };
    machine.migratePages = refusing('failed');
    expect(() => arms.switchTo(1)).toThrow(Refused);
    arms.switchTo(0);
    machine.migratePages = refusing('gone');
    arms.switchTo(1);
    expect(machine.migrated).toEqual(['migrating', '0 -> 1']);
  });
});
