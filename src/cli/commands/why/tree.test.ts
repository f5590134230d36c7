import { describe, expect, it } from 'vitest';
import { diagnoseMemory } from '../../../diagnosis/memory-tree/diagnose-memory.ts';
import { stallsOf, type WindowParts, waitsOf, windowOf } from '../../../diagnosis/testing/windows.ts';
import { cells, createLook } from '../../output/look.ts';
import { memoryJson, notMemoryLines, treeLines } from './tree.ts';

const look = (language: 'en' | 'ko' = 'en') =>
  createLook({ language, width: 80, unicode: true, colour: false });
const target = { processes: [{ tgid: 10, comm: 'arena' }], target: new Set([10]) };
const diagnosed = (parts: WindowParts) => diagnoseMemory(windowOf({ ...target, ...parts }));
const churn = diagnosed({
  stalls: stallsOf({ 'first-touch': { stallNs: 2e9, faults: 900_000 } }, { refaultRatio: 80 }),
});

describe('the tree in text', () => {
  it('shows each question with its answer, and below a no only a yes', () => {
    const lines = treeLines(churn, look());
    expect(lines[0]).toBe('Memory, question by question:');
    expect(lines[1]).toMatch(/^ {2}yes {4}do page faults hold its threads\?: held 20\.0 %/);
    expect(lines.join('\n')).toMatch(
      /\n {6}yes {4}memory that is given back and taken again: threads held 2 s/,
    );
    expect(lines.join('\n')).not.toContain('mapped files to be read');
  });

  it.each(['en', 'ko'] as const)('fits the terminal in %s', (language) => {
    for (const line of treeLines(churn, look(language))) expect(cells(line)).toBeLessThanOrEqual(80);
  });
});

describe('an answer that is not memory', () => {
  it('is said with the number and the command that looks there', () => {
    const quarrel = diagnosed({ waits: waitsOf({ lock: 950 }) });
    expect(notMemoryLines(quarrel, look()).join(' ')).toBe(
      'Not memory: arena 10 was waiting for a lock or another thread 95.0 % of the time; look there: keel late 10',
    );
    expect(notMemoryLines(quarrel, look('ko')).join(' ')).toMatch(/^메모리가 아님: arena 10/);
  });

  it('is not said where it is memory', () => {
    expect(notMemoryLines(churn, look())).toEqual([]);
  });
});

it('is the same in JSON, in English', () => {
  expect(memoryJson(null)).toBeNull();
  expect(memoryJson(churn)).toMatchObject({
    causes: ['refaults'],
    tree: [{ id: 'held-by-faults', answer: 'yes' }, { id: 'held-by-work' }, { id: 'elsewhere' }],
  });
});
