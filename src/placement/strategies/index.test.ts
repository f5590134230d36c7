import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GOALS } from '../strategy.ts';
import { STRATEGIES } from './index.ts';

describe('the registry of strategies', () => {
  it('holds each file of the folder, by its name', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => !/(^index|\.test)\.ts$/.test(name))
      .map((name) => name.replace(/\.ts$/, ''));
    expect(STRATEGIES.map((strategy) => strategy.id).sort()).toEqual(
      files.filter((name) => !name.includes('.')).sort(),
    );
  });

  it.each(GOALS)('has several for %s, and can always leave alone', (goal) => {
    const ids = STRATEGIES.filter(({ goals }) => goals.includes(goal)).map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(3);
    expect(ids[0]).toBe('leave-alone');
  });
});
