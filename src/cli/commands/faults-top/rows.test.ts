import { describe, expect, it } from 'vitest';
import type { TopRow } from '../../../model/faults/top.ts';
import { cells, createLook } from '../../output/look.ts';
import { CSV_HEADER, rowCsv, rowJson, rowTable } from './rows.ts';

const subject = { tgid: 4127, comm: 'arena', unit: null, cgroup: '/', place: null, processes: 1 };
const row: TopRow = {
  subject,
  minor: 5190,
  major: 24,
  stallNs: 212e6,
  buckets: [],
  stallByCause: { 'read-ahead-wait': 118e6, 'first-touch': 22e6 },
  minorPerSec: 519,
  majorPerSec: 2.4,
  stallNsPerSec: 21.2e6,
  p99BelowNs: 4096,
  mainCause: 'read-ahead-wait',
};
const uncaused = { ...row, stallByCause: null, mainCause: null };
const look = (width: number, language: 'en' | 'ko' = 'en') =>
  createLook({ language, width, unicode: true, colour: false });

describe('a row of keel faults top', () => {
  it('names the main cause where causes are told', () => {
    expect(rowTable([row], 'stall', look(80))).toEqual([
      'stall/s  faults/s  major  p99 below  main cause       process',
      '21.2 ms       521     24     4.1 µs  read-ahead wait  arena 4127',
    ]);
    expect(rowTable([row], 'stall', look(120))[0]).toContain('minor');
  });

  it('has no such column where none is known', () => {
    expect(rowTable([uncaused], 'stall', look(80))[0]).toBe(
      'stall/s  faults/s  minor  major  p99 below  process',
    );
    expect(rowJson(uncaused)).toMatchObject({ mainCause: null, stallByCause: null });
  });

  it('fits the line in Korean and with any name', () => {
    const hostile = { ...row, subject: { ...subject, comm: '\u001b[31m이름\n틱틱틱틱' } };
    for (const line of rowTable([hostile, row], 'stall', look(80, 'ko'))) {
      expect(cells(line)).toBeLessThanOrEqual(80);
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it('has as many cells of CSV as the header', () => {
    expect(rowCsv(row, 'now', 1e9)).toHaveLength(CSV_HEADER.length);
    expect(rowCsv(row, 'now', 1e9).at(-1)).toBe('read-ahead-wait');
  });
});
