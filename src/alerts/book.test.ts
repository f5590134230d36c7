import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { AlertBook, type IncidentChange } from './book.ts';
import { type AlertRule, defaultRule, defaultRules } from './rule.ts';
import { machine, observation, process } from './testing/observations.ts';

const OPTIONS = { longestStepNs: 10e9, escalateAfterNs: null };
const rule = (id: string, over: Partial<AlertRule> = {}): AlertRule => ({ ...defaultRule(id), ...over });
const major = rule('major-faults', { forNs: 3e9, clearForNs: 2e9, graceNs: 60e9 });

/** A step a second. */
function run(book: AlertBook, rates: readonly number[], from = 0): string[] {
  return rates.flatMap((majorPerSec, i) =>
    book
      .step(observation(from + i, [process(4127, { majorPerSec })]))
      .map((change) => `${i} ${said(change)}`),
  );
}

const said = ({ kind, incident }: IncidentChange) => `${kind} ${incident.rule} ${incident.severity}`;

describe('the book of incidents', () => {
  it('fires when the value was above for long enough, and not a step earlier', () => {
    expect(run(new AlertBook([major], OPTIONS), [50, 50, 50, 50])).toEqual(['2 fired major-faults warning']);
    expect(run(new AlertBook([major], OPTIONS), [50, 50, 0, 50, 50])).toEqual([]);
  });

  it('passes a limit strictly above', () => {
    const now = rule('major-faults', { forNs: 0 });
    expect(run(new AlertBook([now], OPTIONS), [10])).toEqual([]);
    expect(run(new AlertBook([now], OPTIONS), [10.1])).toEqual(['0 fired major-faults warning']);
  });

  it('is over when it was clear for long enough; near the limit it goes on', () => {
    const book = new AlertBook([major], OPTIONS);
    run(book, [50, 50, 50]);
    expect(run(book, [9, 9, 9, 9], 3), 'above 8 is not clear').toEqual([]);
    expect(run(book, [7, 20, 7, 7], 7)).toEqual(['3 resolved major-faults warning']);
  });

  it('tells when it gets worse, and does not take it back', () => {
    const book = new AlertBook([major], OPTIONS);
    expect(run(book, [50, 50, 50, 500, 50])).toEqual([
      '2 fired major-faults warning',
      '3 worsened major-faults critical',
    ]);
    expect(book.incidents()[0]).toMatchObject({ severity: 'critical', peak: 500, value: 50 });
  });

  it('leaves a process that has just started alone', () => {
    const book = new AlertBook([rule('minor-faults', { forNs: 0 })], OPTIONS);
    const young = process(1, { minorPerSec: 1e6, startNs: machine().upNs - 59e9 });
    expect(book.step(observation(0, [young]))).toEqual([]);
    expect(book.step(observation(2, [{ ...young, startNs: machine().upNs - 61e9 }])).map(said)).toEqual([
      'fired minor-faults warning',
    ]);
  });

  it('takes a value that is missing, or not measured, for neither above nor clear', () => {
    const book = new AlertBook([major], OPTIONS);
    run(book, [50, 50, 50]);
    for (const majorPerSec of [missing('denied', 'stat'), null]) {
      for (let i = 0; i < 10; i += 1)
        expect(book.step(observation(3 + i, [process(4127, { majorPerSec })]))).toEqual([]);
    }
    expect(book.incidents()).toHaveLength(1);
  });

  it('ends with its process, which is held by id and start', () => {
    const book = new AlertBook([major], OPTIONS);
    run(book, [50, 50, 50]);
    const other = process(4127, { key: '4127@900', majorPerSec: 0 });
    const [change] = book.step(observation(3, [other]));
    expect(change).toMatchObject({ kind: 'resolved', incident: { ended: { because: 'gone' } } });
  });

  it('does not count time in which nobody looked', () => {
    const book = new AlertBook([major], OPTIONS);
    const step = (atSec: number, elapsedNs: number) =>
      book.step(observation(atSec, [process(4127, { majorPerSec: 50 })], { elapsedNs })).map(said);
    expect(step(1, 1e9)).toEqual([]);
    expect(step(3601, 3600e9), 'stopped, or suspended').toEqual([]);
    expect(step(3602, 1e9)).toEqual([]);
    expect(step(3603, 1e9)).toEqual(['fired major-faults warning']);
  });

  it('learns what is usual, and then wants more than that', () => {
    const learned = rule('major-faults', { forNs: 0, clearForNs: 0, baseline: { factor: 3, learnNs: 60e9 } });
    const book = new AlertBook([learned], OPTIONS);
    expect(run(book, [50])).toEqual(['0 fired major-faults warning']);
    const busy = new AlertBook([{ ...learned, above: 60 }], OPTIONS);
    expect(run(busy, Array(100).fill(50))).toEqual([]);
    expect(run(busy, [140], 100), 'above 60, but not three times what is usual').toEqual([]);
    expect(run(busy, [300], 101)).toEqual(['0 fired major-faults critical']);
  });

  it('gets more severe by lasting', () => {
    const book = new AlertBook([major], { ...OPTIONS, escalateAfterNs: 5e9 });
    expect(run(book, Array(20).fill(50))).toEqual([
      '2 fired major-faults warning',
      '6 worsened major-faults critical',
    ]);
    expect(book.incidents()[0]?.isEscalated).toBe(true);
  });

  it('watches the machine as well', () => {
    const book = new AlertBook([rule('memory-pressure', { forNs: 0 })], OPTIONS);
    const [change] = book.step(observation(0, [], { machine: machine({ memoryPressurePct: 30 }) }));
    expect(change?.incident).toMatchObject({
      severity: 'critical',
      subject: { process: null, target: 'machine' },
    });
  });

  it('looks at the targets of a rule only', () => {
    const book = new AlertBook([{ ...major, forNs: 0, targets: ['db'] }], OPTIONS);
    expect(run(book, [50])).toEqual([]);
  });

  it('goes on with the incidents of an earlier run, and with other rules', () => {
    const before = new AlertBook([major], OPTIONS);
    run(before, [50, 50, 50]);
    const after = new AlertBook([major], OPTIONS);
    expect(after.restore(before.incidents(), 0)).toEqual([]);
    expect(after.incidents()).toEqual(before.incidents());
    expect(run(after, [50, 0, 0])).toEqual(['2 resolved major-faults warning']);
    run(after, [50, 50, 50]);
    expect(after.reconfigure([rule('swapped')], 0).map(({ incident }) => incident.ended?.because)).toEqual([
      'unwatched',
    ]);
    expect(after.incidents()).toEqual([]);
  });

  it('survives a storm of 10,000 processes, tells of each once, and forgets them', () => {
    const book = new AlertBook(defaultRules(), OPTIONS);
    const storm = Array.from({ length: 10_000 }, (_, i) => process(i + 1, { majorPerSec: 50 }));
    const began = Array.from({ length: 12 }, (_, i) => book.step(observation(i, storm))).flat();
    expect(new Set(began.map(({ incident }) => incident.id)).size).toBe(10_000);
    expect(began).toHaveLength(10_000);
    expect(book.step(observation(12, []))).toHaveLength(10_000);
    expect(book.incidents()).toEqual([]);
  });

  it('counts what it has no room for', () => {
    const book = new AlertBook([{ ...major, forNs: 0 }], { ...OPTIONS, mostIncidents: 5 });
    const many = Array.from({ length: 8 }, (_, i) => process(i + 1, { majorPerSec: 50 }));
    expect(book.step(observation(0, many))).toHaveLength(5);
    expect(book.refused).toBe(3);
  });

  it('begins and ends each incident once, whatever the values and the clocks do', () => {
    const step = fc.record({
      value: fc.constantFrom(0, 9, 11, 500),
      elapsedNs: fc.constantFrom(0, 1e9, 3e9, 1e12, -5e9),
      isAlive: fc.boolean(),
      jumpMs: fc.integer({ min: -1e9, max: 1e9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new AlertBook([major], { ...OPTIONS, escalateAfterNs: 10e9 });
        const open = new Set<string>();
        for (const { value, elapsedNs, isAlive, jumpMs } of steps) {
          const processes = isAlive ? [process(4127, { majorPerSec: value })] : [];
          const unixMs = 1_790_000_000_000 + jumpMs;
          for (const { kind, incident } of book.step(observation(0, processes, { elapsedNs, unixMs }))) {
            if (kind === 'fired') {
              expect(open.size).toBe(0);
              open.add(incident.id);
            } else expect(open.has(incident.id)).toBe(true);
            if (kind === 'resolved') open.delete(incident.id);
          }
          expect(book.incidents().map(({ id }) => id)).toEqual([...open]);
        }
      }),
    );
  });
});
